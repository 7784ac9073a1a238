"""Both ends of the signature as a partner sees them: checking what Unipay sends, signing what the partner says."""

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from unipay import signatures
from unipay.sandbox.models import SandboxKey
from unipay.sandbox.states import Verdict
from unipay.sandbox.unipay_keys import unipay_key
from unipay.signatures import Algorithm, Credentials

CLOCK_TOLERANCE_SECONDS = 300


def encoded(content: Mapping[str, Any]) -> bytes:
    """Return the content as the JSON bytes that are signed and sent."""
    return json.dumps(content, ensure_ascii=False).encode()


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return form fields as the JSON the signature of a browser hand-over covers: sorted, without blanks."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def verdict_on(headers: Mapping[str, str], body: bytes) -> Verdict:
    """Check the Unipay-* headers of a call or an answer of Unipay's."""
    return verdict(
        key_id=headers.get("Unipay-Key", ""),
        timestamp=headers.get("Unipay-Timestamp", ""),
        nonce=headers.get("Unipay-Nonce", ""),
        signature=headers.get("Unipay-Signature", ""),
        body=body,
    )


def verdict(*, key_id: str, timestamp: str, nonce: str, signature: str, body: bytes) -> Verdict:
    """Check one signature of Unipay's over a body."""
    if not (key_id and timestamp.isdigit() and nonce and signature):
        return Verdict.UNSIGNED
    key = unipay_key(key_id)
    if key is None:
        return Verdict.UNKNOWN_KEY
    text = signatures.answer_text(timestamp, nonce, body)
    if not signatures.verify(key.public_key, key.algorithm, text, signature):
        return Verdict.WRONG
    is_fresh = abs(time.time() - int(timestamp)) <= CLOCK_TOLERANCE_SECONDS
    return Verdict.GENUINE if is_fresh else Verdict.OLD


def answer_headers(key: SandboxKey, body: bytes, *, is_right: bool = True) -> dict[str, str]:
    """Return the Unipay-* headers of a partner's answer; a wrong signature is one over another body."""
    timestamp, nonce = str(int(time.time())), secrets.token_urlsafe(18)
    text = signatures.answer_text(timestamp, nonce, body if is_right else body + b" ")
    return {
        "Unipay-Timestamp": timestamp,
        "Unipay-Nonce": nonce,
        "Unipay-Key": key.key_id,
        "Unipay-Signature": signatures.sign(key.private_key, key.algorithm, text),
    }


def authorization(key: SandboxKey, *, method: str, target: str, body: bytes, is_right: bool = True) -> str:
    """Return the Authorization header of one request to Unipay; `target` is path and query as sent."""
    timestamp, nonce = int(time.time()), secrets.token_urlsafe(18)
    signed = body if is_right else body + b" "
    text = signatures.request_text(method, target, timestamp, nonce, signed)
    return signatures.format_authorization(
        Credentials(
            algorithm=Algorithm(key.algorithm),
            partner=key.partner_code,
            key=key.key_id,
            timestamp=timestamp,
            nonce=nonce,
            signature=signatures.sign(key.private_key, key.algorithm, text),
        )
    )
