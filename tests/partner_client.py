"""A partner's end of the wire for tests: signs requests, and tells whether an answer is signed by us."""

import json
import secrets
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.factories import private_key_of
from unipay import clock, signatures
from unipay.partners.models import OwnKey, Partner


class PartnerClient:
    """Sends signed requests as one partner through Django's test client."""

    def __init__(self, partner: Partner, *, key_id: str = "k1", algorithm: str = "RSA-SHA256") -> None:
        self.partner = partner
        self.key_id = key_id
        self.algorithm = algorithm
        self.private_pem = private_key_of(partner, key_id, algorithm)
        self.client = Client()

    def post(self, path: str, content: Any, **options: Any) -> Any:
        """Post the content as JSON; bytes are sent as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        return self.send("POST", path, body, **options)

    def get(self, path: str, **options: Any) -> Any:
        """Get the path, which may have a query."""
        return self.send("GET", path, **options)

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        authorization: str | None = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Send the request, signed unless an Authorization header is given ("" for none)."""
        if authorization is None:
            authorization = self.authorization(method, path, body)
        all_headers = {**({"Authorization": authorization} if authorization else {}), **(headers or {})}
        return self.client.generic(method, path, body, content_type, headers=all_headers)

    def authorization(self, method: str, path: str, body: bytes = b"", **changed: Any) -> str:
        """The Authorization header of one sending; `changed` fields are signed as changed."""
        claimed = {
            "algorithm": self.algorithm,
            "partner": self.partner.code,
            "key": self.key_id,
            "timestamp": int(clock.now().timestamp()),
            "nonce": secrets.token_urlsafe(18),
            **changed,
        }
        text = signatures.request_text(method, path, claimed["timestamp"], claimed["nonce"], body)
        signature = signatures.sign(self.private_pem, self.algorithm, text)
        return signatures.format_authorization(signatures.Credentials(signature=signature, **claimed))


def is_signed_by_us(response: HttpResponse) -> bool:
    """Whether the answer carries a valid signature of one of our own keys."""
    if "Unipay-Signature" not in response:
        return False
    key = OwnKey.objects.get(key_id=response["Unipay-Key"])
    text = signatures.answer_text(response["Unipay-Timestamp"], response["Unipay-Nonce"], response.content)
    return signatures.verify(key.public_key, key.algorithm, text, response["Unipay-Signature"])
