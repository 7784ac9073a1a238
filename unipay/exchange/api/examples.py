"""The example bodies of the API documentation of files."""

from typing import Any

_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

UPLOAD: dict[str, Any] = {
    "request_no": "20261121-000201",
    "kind": "bank_contract_increment",
    "business_date": "2026-11-21",
    "name": "ICBC_INCREMENT_20261121.txt",
    "size": 2621440,
    "sha256": _SHA256,
}
UPLOAD_OPENED: dict[str, Any] = {
    "upload_no": "U-7K3M-9QXD-2T5W-8RNA-H",
    "state": "OPEN",
    "piece_size": 1048576,
    "pieces": 3,
    "missing": [0, 1, 2],
    "expires_at": "2026-11-23T01:00:00+08:00",
    "file_no": "",
}
PIECE_TAKEN: dict[str, Any] = {
    "upload_no": "U-7K3M-9QXD-2T5W-8RNA-H",
    "number": 0,
    "size": 1048576,
    "sha256": _SHA256,
}
COMPLETION: dict[str, Any] = {"request_no": "20261121-000202"}
RECEIVED: dict[str, Any] = {
    "file_no": "F-7K3M-9QXD-2T5W-8RNA-H",
    "direction": "FROM_YOU",
    "kind": "bank_contract_increment",
    "business_date": "2026-11-21",
    "name": "ICBC_INCREMENT_20261121.txt",
    "size": 2621440,
    "sha256": _SHA256,
    "state": "RECEIVED",
    "line_count": None,
    "accepted_count": None,
    "faulty_count": None,
    "total_fen": None,
    "reason_code": "",
    "reason_text": "",
    "created_at": "2026-11-22T01:00:00+08:00",
    "settled_at": None,
}
ACCEPTED: dict[str, Any] = RECEIVED | {
    "state": "ACCEPTED",
    "line_count": 20000,
    "accepted_count": 19999,
    "faulty_count": 1,
    "settled_at": "2026-11-22T01:00:04+08:00",
    "first_faults": [
        {
            "line": 17,
            "column": "msisdn",
            "code": "bad_msisdn",
            "detail": "This is not a mobile number of eleven digits.",
            "excerpt": "138****",
        }
    ],
}
FAULT_LIST = (
    "line,column,fault,reason,excerpt\r\n"
    "17,msisdn,bad_msisdn,This is not a mobile number of eleven digits.,138****\r\n"
)
SENT: dict[str, Any] = {
    "file_no": "F-2T5W-8RNA-7K3M-9QXD-4",
    "direction": "TO_YOU",
    "kind": "bank_discrepancies",
    "business_date": "2026-11-21",
    "name": "ICBC_DISCREPANCIES_20261121.txt",
    "size": 512,
    "sha256": _SHA256,
    "state": "READY",
    "line_count": 4,
    "accepted_count": None,
    "faulty_count": None,
    "total_fen": None,
    "reason_code": "",
    "reason_text": "",
    "created_at": "2026-11-22T01:10:00+08:00",
    "settled_at": None,
}
ACKNOWLEDGEMENT: dict[str, Any] = {"request_no": "20261121-000203", "result": "ACCEPTED"}
ACKNOWLEDGED: dict[str, Any] = SENT | {"state": "ACKNOWLEDGED", "settled_at": "2026-11-22T01:20:00+08:00"}
