"""The contracts a run works on, each known by its place in the row, and what a bank announces about one of them."""

import hashlib
import json
import os
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from unipay import signatures

BANKS = ("ICBC", "CCB", "ABC", "BOC")
KEY_ID = "k1"
PROVISIONAL = 60_000
"""So many contracts wait for their result; the rest are what a working centre has collected."""
RESERVES = {"throughput": range(45_000), "ladder": range(45_000, PROVISIONAL)}

API_PATH = "/api/v1/signing-results"
BARE_PATH = "/bare/signing-results"
OFFER: dict[str, Any] = {
    "user_type": "PREPAID",
    "threshold_default_fen": 2000,
    "threshold_max_fen": 10000,
    "amount_default_fen": 5000,
    "amount_max_fen": 50000,
    "auto_pay_allowed": False,
}
_SEGMENTS = Path(__file__).resolve().parents[2] / "unipay/partners/fixtures/number_segments.csv"


@dataclass(frozen=True)
class Message:
    """One HTTP request ready to be sent: its body, and its Authorization header if it is signed."""

    path: str
    body: bytes
    authorization: str = ""

    def raw(self) -> bytes:
        """The bytes that go over the wire; the forwarded header is what a TLS front adds."""
        signed = f"Authorization: {self.authorization}\r\n" if self.authorization else ""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n{signed}"
            f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def contract_no(place: int) -> str:
    """Numbers lie as randomly in their index as ours do; the database computes the same."""
    return f"C-{hashlib.md5(f'contract {place}'.encode()).hexdigest()}"


def msisdn(place: int) -> str:
    """A number in one of the segments that ship with Unipay."""
    prefixes = segments()
    return f"{prefixes[place % len(prefixes)]}{place // len(prefixes):04d}"


def bank_of(place: int) -> str:
    return BANKS[place % len(BANKS)]


@lru_cache(maxsize=1)
def segments() -> list[str]:
    """The seven-digit segments, as the database orders them."""
    lines = _SEGMENTS.read_text(encoding="utf-8").splitlines()[1:]
    return sorted(line.partition(",")[0] for line in lines if line.index(",") == 7)


def signing_result(place: int) -> bytes:
    """The notice that the bank signed contract number `place`, as the API documents it."""
    order = {
        "request_no": f"R{place:08d}",
        "result": "SIGNED",
        "contract_no": contract_no(place),
        "msisdn": msisdn(place),
        "bank_contract_no": f"B{place:012d}",
        "terms": {"recharge_threshold_fen": 2000, "recharge_amount_fen": 5000},
        "signed_at": "2026-01-05T10:00:00+08:00",
        "business_date": "2026-01-05",
    }
    return json.dumps(order).encode()


def signed(path: str, body: bytes, *, bank: str) -> Message:
    """The body as that bank sends it now."""
    timestamp, nonce = int(time.time()), secrets.token_urlsafe(18)
    text = signatures.request_text("POST", path, timestamp, nonce, body)
    credentials = signatures.Credentials(
        algorithm=signatures.Algorithm.RSA_SHA256,
        partner=bank,
        key=KEY_ID,
        timestamp=timestamp,
        nonce=nonce,
        signature=signatures.sign(private_key(bank), "RSA-SHA256", text),
    )
    return Message(path, body, signatures.format_authorization(credentials))


@lru_cache(maxsize=64)
def private_key(partner: str) -> str:
    """The private key (PEM) that rows.py gave the partner."""
    return key_file(partner).read_text()


def key_file(partner: str) -> Path:
    return Path(os.environ["UNIPAY_DATA_DIR"]) / f"{partner}.pem"


def unsigned_results(places: list[int]) -> list[bytes]:
    """What the bare view is sent."""
    return [Message(BARE_PATH, signing_result(place)).raw() for place in places]


def signed_results(places: list[int]) -> list[bytes]:
    """What our API is sent, by the contract's bank."""
    return [signed(API_PATH, signing_result(place), bank=bank_of(place)).raw() for place in places]
