"""The example bodies of what billing sends and is answered; numbers are invented."""

from typing import Any

_NO = "RC-7K3M-9QXD-2T5W-8RNA-D"
_EVENT = {"event_id": "0198a5b2-7c1e-4f3a-9d2b-6e8f0a1c3d5e", "resource_version": 1}

LANDINGS: dict[str, Any] = {
    **_EVENT,
    "kind": "land_recharges",
    "landings": [
        {
            "recharge_no": _NO,
            "msisdn": "13805710001",
            "agreement_no": "",
            "amount_fen": 10000,
            "source": "COUNTER",
            "bank_code": "ICBC",
            "paid_at": "2026-11-05T10:00:00+08:00",
            "business_date": "2026-11-05",
            "bills": [{"province_bill_no": "ZJ202610-000001", "amount_fen": 5800}],
        }
    ],
}
LANDING_RESULTS: dict[str, Any] = {
    "result_code": "0000",
    "results": [{"recharge_no": _NO, "result": "CREDITED"}],
}
LANDING_QUERY: dict[str, Any] = {"request_no": "Q-7K3M-9QXD-2T5W-8RNA-P", "recharge_nos": [_NO]}
LANDING_QUERY_ANSWER: dict[str, Any] = {
    "result_code": "0000",
    "results": [{"recharge_no": _NO, "result": "NOT_FOUND"}],
}
TAKE_BACK: dict[str, Any] = {
    **_EVENT,
    "kind": "take_back_recharge",
    "recharge_no": _NO,
    "back_no": "K-3F5R-8WQM-1T7Y-2HZC-A",
    "amount_fen": 10000,
    "msisdn": "13805710001",
    "agreement_no": "",
    "reason": "wrong number",
}
REFUND: dict[str, Any] = {
    **_EVENT,
    "kind": "refund_recharge",
    "recharge_no": _NO,
    "request_no": "20261105-000001",
    "bank_transaction_no": "ICBC2026110500000001",
    "back_no": "K-3F5R-8WQM-1T7Y-2HZC-A",
    "amount_fen": 10000,
    "reason": "paid twice",
}
DONE: dict[str, Any] = {"result_code": "0000"}
