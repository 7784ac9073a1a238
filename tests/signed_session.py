"""A partner's `requests` session that signs whatever it sends and reaches the real WSGI application in this process."""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from requests.adapters import BaseAdapter
from requests.auth import AuthBase
from urllib3 import HTTPHeaderDict, HTTPResponse

from tests.partner_client import PartnerClient
from unipay.wsgi import application

ADDRESS = "http://testserver"


class Signed(AuthBase):
    """Signs a prepared request as one partner, whatever Authorization it had before."""

    def __init__(self, client: PartnerClient) -> None:
        self.client = client

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        method, body = request.method or "", _bytes_of(request.body)
        request.headers["Authorization"] = self.client.authorization(method, request.path_url, body)
        return request


class InProcess(BaseAdapter):
    """Hands a prepared request to the application as a server would, the request line included."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started[:] = [status, headers]

        with _kept_connection():
            answered: Iterable[bytes] = application(_environ(request), start_response)
            content = b"".join(answered)
            if hasattr(answered, "close"):
                answered.close()
        return _response(request, *started, content)

    def close(self) -> None:
        """Nothing is kept open."""


def session_of(client: PartnerClient) -> requests.Session:
    """The session of one partner; it reads no proxies or passwords from the machine."""
    session = requests.Session()
    session.trust_env = False
    session.auth = Signed(client)
    session.mount(ADDRESS, InProcess())
    return session


@contextmanager
def _kept_connection() -> Iterator[None]:
    """A server ends its connection to the database with the request; the test's transaction is on this one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _bytes_of(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    target, body = request.path_url, _bytes_of(request.body)
    parts = urlsplit(target)
    environ = {
        "REQUEST_METHOD": request.method,
        "RAW_URI": target,
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in {"Host": "testserver", **request.headers}.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = (
            value.decode("latin-1") if isinstance(value, bytes) else value
        )
    return environ


def _response(
    request: requests.PreparedRequest, status: str, headers: list[tuple[str, str]], content: bytes
) -> requests.Response:
    response = requests.Response()
    code, _blank, response.reason = status.partition(" ")
    response.status_code = int(code)
    response.headers.update(headers)
    response.raw = HTTPResponse(io.BytesIO(content), headers=HTTPHeaderDict(headers), status=int(code))
    response._content = content
    response.url = request.url or ""
    response.request = request
    return response
