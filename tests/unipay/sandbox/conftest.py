"""What the tests of the sandbox share: simulated partners with keys, and Unipay's end of the wire."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from django.http import HttpResponse
from django.test import Client

from tests.factories import key_pair
from unipay import signatures
from unipay.sandbox import connection
from unipay.sandbox.models import SandboxKey, UnipayKey
from unipay.sandbox.states import Role

UNIPAY_KEY_ID = "unipay-rsa-test"
NUMBER = "13805710002"


@pytest.fixture
def played(db: None) -> None:
    """The sandbox plays ICBC, BOC (with SM2), CCB, Zhejiang and the hall, and knows Unipay's key."""
    for code, role, algorithm in (
        ("ICBC", Role.BANK, "RSA-SHA256"),
        ("BOC", Role.BANK, "SM2-SM3"),
        ("CCB", Role.BANK, "RSA-SHA256"),
        ("ZJ", Role.PROVINCE, "RSA-SHA256"),
        ("HALL", Role.HALL, "RSA-SHA256"),
    ):
        pair = key_pair(f"sandbox/{code}", algorithm)
        SandboxKey.objects.create(
            partner_code=code,
            role=role,
            name=code,
            key_id="sandbox1",
            algorithm=algorithm,
            private_key=pair.private_pem,
            public_key=pair.public_pem,
        )
    UnipayKey.objects.create(
        key_id=UNIPAY_KEY_ID, algorithm="RSA-SHA256", public_key=key_pair("unipay").public_pem
    )


def unipay_headers(body: bytes, *, key_id: str = UNIPAY_KEY_ID, age_seconds: int = 0) -> dict[str, str]:
    """The headers with which Unipay signs a body."""
    timestamp, nonce = str(int(time.time()) - age_seconds), uuid.uuid4().hex
    text = signatures.answer_text(timestamp, nonce, body)
    return {
        "Unipay-Timestamp": timestamp,
        "Unipay-Nonce": nonce,
        "Unipay-Key": key_id,
        "Unipay-Signature": signatures.sign(key_pair("unipay").private_pem, "RSA-SHA256", text),
    }


def call(path: str, content: dict[str, Any]) -> HttpResponse:
    """A call of Unipay's to a simulated partner, rightly signed."""
    body = json.dumps(content).encode()
    return Client().post(
        f"/sandbox/{path}", body, content_type="application/json", headers=unipay_headers(body)
    )


def is_signed_by(code: str, response: HttpResponse) -> bool:
    """Whether an answer bears the simulated partner's signature."""
    key = SandboxKey.objects.get(partner_code=code)
    text = signatures.answer_text(
        response["Unipay-Timestamp"], response["Unipay-Nonce"], bytes(response.content)
    )
    return response["Unipay-Key"] == "sandbox1" and signatures.verify(
        key.public_key, key.algorithm, text, response["Unipay-Signature"]
    )


@dataclass
class UnipayEnd:
    """Unipay as the simulated partners reach it: keeps the orders, and answers as a test says."""

    orders: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    genuine: list[bool] = field(default_factory=list)
    answers: Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]] = lambda path, order: (200, {})
    is_rightly_signed: bool = True
    fails_times: int = 0

    def receive(self, request: httpx.Request) -> httpx.Response:
        """Check a request's signature and answer it, signed."""
        if self.fails_times:
            self.fails_times -= 1
            raise httpx.ReadTimeout("nothing came back")
        order = json.loads(request.content) if request.content else {}
        path = request.url.raw_path.decode()
        self.orders.append((path, order))
        self.genuine.append(_is_genuine(request, path))
        status, content = self.answers(path, order)
        body = json.dumps(content).encode()
        signed = body if self.is_rightly_signed else b"something else"
        return httpx.Response(status, content=body, headers=unipay_headers(signed))


@pytest.fixture
def unipay_end(played: None, monkeypatch: pytest.MonkeyPatch) -> UnipayEnd:
    """A Unipay at the other end of the simulated partners' connection."""
    end = UnipayEnd()
    client = httpx.Client(base_url="http://unipay.test", transport=httpx.MockTransport(end.receive))
    monkeypatch.setattr(connection, "unipay", lambda: client)
    return end


def _is_genuine(request: httpx.Request, path: str) -> bool:
    claimed = signatures.parse_authorization(request.headers["Authorization"])
    key = SandboxKey.objects.get(partner_code=claimed.partner, key_id=claimed.key)
    text = signatures.request_text(request.method, path, claimed.timestamp, claimed.nonce, request.content)
    return signatures.verify(key.public_key, key.algorithm, text, claimed.signature)
