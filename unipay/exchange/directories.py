"""The places where files are exchanged, through fsspec: which addresses are allowed, and how one is opened.

Only listed protocols; a local directory only below a listed root; an SFTP server only with the key we know it by.
What partners call their files never becomes a path: names are compared with this module's rule first.
"""

import ipaddress
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

import fsspec
from django.conf import settings
from django.utils.translation import gettext as _

from unipay.errors import Refusal
from unipay.exchange import errors
from unipay.exchange.known_host import KnownHostFileSystem
from unipay.exchange.models import Directory

_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,240}")
_CONTROL_FILE = ".sha256"
_UNFINISHED = (".part", ".tmp", ".writing", _CONTROL_FILE)
_OPTIONS = frozenset(
    {"username", "password", "private_key", "host_key", "tls", "key", "secret", "endpoint_url"}
)
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Found:
    """One file lying in a place: its plain name and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Place:
    """An opened directory; every name is a plain one within it."""

    filesystem: Any
    path: str

    def files(self) -> Iterator[Found]:
        """Yield the files, without hidden ones and those still being written."""
        self.filesystem.invalidate_cache()
        for row in self.filesystem.ls(self.path, detail=True):
            name = PurePosixPath(row["name"]).name
            if row["type"] == "file" and is_fit(name) and not name.endswith(_UNFINISHED):
                yield Found(name, int(row["size"]))

    def has(self, name: str) -> bool:
        """Tell whether a file of this name lies there."""
        return bool(self.filesystem.exists(self._at(name)))

    def size(self, name: str) -> int:
        """Return the size of a file as it is now, in bytes."""
        return int(self.filesystem.info(self._at(name))["size"])

    def open_(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return cast(BinaryIO, self.filesystem.open(self._at(name), "rb"))

    def create(self, name: str) -> BinaryIO:
        """Open a file for writing."""
        return cast(BinaryIO, self.filesystem.open(self._at(name), "wb"))

    def rename(self, name: str, new: str) -> None:
        """Give a file its name; what had it before is replaced."""
        self.filesystem.mv(self._at(name), self._at(new))

    def _at(self, name: str) -> str:
        if not is_fit(name):
            raise Refusal(errors.FILE_NAME_UNFIT)
        return f"{self.path.rstrip('/')}/{name}"


@contextmanager
def open_place(directory: Directory) -> Iterator[Place]:
    """Connect to a directory; raises Refusal ADDRESS_NOT_ALLOWED, and whatever the line fails with."""
    protocol, path = require_address(directory.address), _path_in(directory.address)
    filesystem = _connected(protocol, directory)
    try:
        yield Place(filesystem, str(_local(path)) if protocol == "file" else path)
    finally:
        for line in ("ftp", "client"):
            if hasattr(filesystem, line):
                getattr(filesystem, line).close()


def require_address(address: str) -> str:
    """Return the address's protocol; raises Refusal ADDRESS_NOT_ALLOWED saying what is wrong with it."""
    parts = urlsplit(address)
    if "::" in address or parts.scheme not in settings.UNIPAY_DIRECTORY_PROTOCOLS:
        allowed = ", ".join(settings.UNIPAY_DIRECTORY_PROTOCOLS)
        raise _not_allowed(_("Only these protocols are allowed: %(allowed)s.") % {"allowed": allowed})
    if parts.query or parts.fragment or parts.password or ".." in PurePosixPath(parts.path).parts:
        raise _not_allowed(_("An address has a server and a path; the password stands in the credentials."))
    if parts.scheme == "file":
        _local(parts.path)
    elif parts.scheme != "memory":
        _require_server(parts.hostname)
    return parts.scheme


def is_fit(name: str) -> bool:
    """Tell whether a file's name is a plain one: no path, no control characters, not hidden."""
    return bool(_NAME.fullmatch(name)) and not name.startswith(".")


def control_file_of(name: str) -> str:
    """Return the name of the control file that lies beside a file once it is whole."""
    return f"{name}{_CONTROL_FILE}"


def _connected(protocol: str, directory: Directory) -> Any:
    options = _options(directory)
    if protocol in ("file", "memory"):
        return fsspec.filesystem(protocol, skip_instance_cache=True)
    options |= _server_options(directory.address) | {"skip_instance_cache": True}
    if protocol == "sftp":
        return KnownHostFileSystem(**options)
    if protocol == "ftp":
        options["timeout"] = _TIMEOUT_SECONDS
    return fsspec.filesystem(protocol, **options)


def _path_in(address: str) -> str:
    parts = urlsplit(address)
    return f"/{parts.netloc}{parts.path}" if parts.scheme == "memory" else parts.path or "/"


def _local(path: str) -> Path:
    """Only below a root that operations listed, links followed."""
    real = Path(path).resolve()
    if not any(real.is_relative_to(Path(root).resolve()) for root in settings.UNIPAY_LOCAL_DIRECTORIES):
        raise _not_allowed(_("Local directories must lie below one that UNIPAY_LOCAL_DIRECTORIES lists."))
    return real


def _require_server(host: str | None) -> None:
    if not host:
        raise _not_allowed(_("The address names no server."))
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return
    if number.is_link_local or number.is_multicast or number.is_unspecified:
        raise _not_allowed(_("No server of a partner has this address."))


def _server_options(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    given = {"host": parts.hostname, "port": parts.port, "username": parts.username}
    return {name: value for name, value in given.items() if value is not None}


def _options(directory: Directory) -> dict[str, Any]:
    options = json.loads(directory.credentials) if directory.credentials else {}
    if not isinstance(options, dict) or not set(options) <= _OPTIONS:
        allowed = ", ".join(sorted(_OPTIONS))
        raise _not_allowed(_("The credentials are a JSON object of: %(allowed)s.") % {"allowed": allowed})
    return options


def _not_allowed(detail: str) -> Refusal:
    return Refusal(errors.ADDRESS_NOT_ALLOWED, detail)
