"""Files as partners read them."""

from typing import Any

from unipay.clock import rfc3339
from unipay.exchange import faults
from unipay.exchange.flows.upload import missing_pieces
from unipay.exchange.models import FileFault, ReceivedFile, SentFile, Upload, UploadState

FROM_YOU, TO_YOU = "FROM_YOU", "TO_YOU"

FAULTS_TOLD = 20
"""How many faults stand in a file's own answer; the fault list has them all."""


def received_facts(file: ReceivedFile) -> dict[str, Any]:
    """Return a file the partner sent us, and what became of it."""
    return {
        "file_no": file.file_no,
        "direction": FROM_YOU,
        "kind": file.kind,
        "business_date": file.business_date and file.business_date.isoformat(),
        "name": file.name,
        "size": file.size,
        "sha256": file.digest,
        "state": file.state,
        "line_count": file.line_count,
        "accepted_count": file.accepted_count,
        "faulty_count": file.faulty_count,
        "total_fen": None,
        "reason_code": file.refusal_code,
        "reason_text": file.refusal,
        "created_at": rfc3339(file.received_at),
        "settled_at": file.settled_at and rfc3339(file.settled_at),
    }


def received_in_full(file: ReceivedFile) -> dict[str, Any]:
    """Return the file with its first faults."""
    first = file.faults.order_by("line_no", "id")[:FAULTS_TOLD]
    return received_facts(file) | {"first_faults": [_fault(fault) for fault in first]}


def sent_facts(file: SentFile) -> dict[str, Any]:
    """Return a file of ours for the partner."""
    return {
        "file_no": file.file_no,
        "direction": TO_YOU,
        "kind": file.kind,
        "business_date": file.business_date.isoformat(),
        "name": file.name,
        "size": file.size,
        "sha256": file.digest,
        "state": file.state,
        "line_count": file.row_count,
        "accepted_count": None,
        "faulty_count": None,
        "total_fen": file.total_fen,
        "reason_code": "",
        "reason_text": file.last_error if file.state == "FAILED" else "",
        "created_at": rfc3339(file.written_at),
        "settled_at": file.settled_at and rfc3339(file.settled_at),
    }


def upload_facts(upload: Upload) -> dict[str, Any]:
    """Return an upload: how it is cut, and which pieces are not here yet."""
    return {
        "upload_no": upload.upload_no,
        "state": upload.state,
        "piece_size": upload.piece_size,
        "pieces": upload.pieces if upload.size else 0,
        "missing": missing_pieces(upload) if upload.size and upload.state == UploadState.OPEN else [],
        "expires_at": rfc3339(upload.expires_at),
        "file_no": upload.file.file_no if upload.file else "",
    }


def _fault(fault: FileFault) -> dict[str, Any]:
    return {
        "line": fault.line_no,
        "column": fault.column,
        "code": fault.code,
        "detail": str(faults.title(fault.code)),
        "excerpt": fault.excerpt,
    }
