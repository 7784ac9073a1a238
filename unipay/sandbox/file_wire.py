"""Files between a simulated partner and Unipay over the real wire: sent in pieces, fetched in ranges, acknowledged."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from unipay.errors import Unanswered
from unipay.sandbox import client

_RANGE = 4 * 1024 * 1024


def send(code: str, *, kind: str, name: str, business_date: str, content: bytes) -> client.Reply:
    """Hand a file over; the answer to its last step, or the refusal of an earlier one."""
    order = {
        "request_no": _request_no(code),
        "kind": kind,
        "name": name,
        "business_date": business_date,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    reply = client.post_until_answered(code, "/file-uploads", order)
    if not reply.is_ok:
        return reply
    upload_no, piece_size = reply.body["upload_no"], reply.body["piece_size"]
    for number in reply.body["missing"]:
        piece = content[number * piece_size : (number + 1) * piece_size]
        reply = client.put_bytes(code, f"/file-uploads/{upload_no}/pieces/{number}", piece)
        if not reply.is_ok:
            return reply
    done = {"request_no": _request_no(code)}
    return client.post_until_answered(code, f"/file-uploads/{upload_no}/completion", done)


def waiting(code: str, kind: str) -> list[dict[str, Any]]:
    """Return Unipay's files of a kind that the partner has not acknowledged yet, the oldest first."""
    found: list[dict[str, Any]] = []
    for state in ("READY", "DELIVERED"):
        found += client.get(code, "/files", {"kind": kind, "state": state}).body.get("results") or []
    return sorted(found, key=lambda file: str(file["created_at"]))


def fetch(code: str, file: Mapping[str, Any]) -> bytes:
    """Fetch a file's content, range by range; raises Unanswered when it is not what Unipay says it is."""
    content = b""
    while len(content) < file["size"]:
        last = min(len(content) + _RANGE, file["size"]) - 1
        path = f"/files/{file['file_no']}/content"
        reply = client.get(code, path, headers={"Range": f"bytes={len(content)}-{last}"})
        if not reply.is_ok or not reply.content:
            raise Unanswered(f"{path}: {reply.status} {reply.code}")
        content += reply.content
    if hashlib.sha256(content).hexdigest() != file["sha256"]:
        raise Unanswered(f"{file['file_no']}: the content is not what was announced")
    return content


def acknowledge(code: str, file: Mapping[str, Any], *, refusal: str = "") -> client.Reply:
    """Tell Unipay that the partner has the file, or why it can't use it."""
    order = {"request_no": _request_no(code), "result": "REFUSED" if refusal else "ACCEPTED"}
    if refusal:
        order["reason"] = refusal
    return client.post_until_answered(code, f"/files/{file['file_no']}/acknowledgement", order)


def become_of(code: str, file_no: str) -> client.Reply:
    """Ask what became of a file."""
    return client.get(code, f"/files/{file_no}")


def _request_no(code: str) -> str:
    return f"{code}-F-{secrets.token_hex(10)}"
