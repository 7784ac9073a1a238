"""The example bodies of the API documentation about money; numbers are invented."""

from typing import Any

BILLS: dict[str, Any] = {
    "request_no": "ZJ-B-000001",
    "bills": [
        {
            "province_bill_no": "ZJ202610-000001",
            "msisdn": "13805710001",
            "billing_month": "2026-10",
            "amount_fen": 5800,
            "due_date": "2026-11-05",
        },
        {
            "province_bill_no": "ZJ202610-000002",
            "msisdn": "13805710002",
            "agreement_no": "A0000001",
            "billing_month": "2026-10",
            "amount_fen": 12000,
            "due_date": "2026-11-05",
        },
    ],
}
RECEIVED: dict[str, Any] = {
    "results": [
        {
            "province_bill_no": "ZJ202610-000001",
            "bill_no": "B-7K3M-9QXD-2T5W-8RNA-C",
            "result": "ADDED",
            "why_not": None,
        },
        {
            "province_bill_no": "ZJ202610-000002",
            "bill_no": "",
            "result": "REFUSED",
            "why_not": {"code": "number_not_at_home", "text": "The number is not at home in your province."},
        },
    ]
}
BILL: dict[str, Any] = {
    "bill_no": "B-7K3M-9QXD-2T5W-8RNA-C",
    "province_bill_no": "ZJ202610-000001",
    "kind": "PERSONAL",
    "msisdn": "13805710001",
    "agreement_no": "",
    "billing_month": "2026-10",
    "amount_fen": 5800,
    "settled_fen": 0,
    "open_fen": 5800,
    "due_date": "2026-11-05",
    "joined_network_at": None,
    "state": "DUE",
    "version": 1,
    "received_at": "2026-11-01T02:00:00+08:00",
    "settled_at": None,
}
BILL_AMENDMENT: dict[str, Any] = {"request_no": "ZJ-B-000002", "amount_fen": 5300}
AMENDED_BILL: dict[str, Any] = {**BILL, "amount_fen": 5300, "open_fen": 5300, "version": 2}
BILL_CANCELLATION: dict[str, Any] = {"request_no": "ZJ-B-000003"}
CANCELLED_BILL: dict[str, Any] = {**BILL, "state": "CANCELLED", "open_fen": 0, "version": 2}

RECHARGE_ORDER: dict[str, Any] = {
    "request_no": "20261105-000001",
    "msisdn": "13805710001",
    "amount_fen": 10000,
    "source": "COUNTER",
    "bank_transaction_no": "ICBC2026110500000001",
    "business_date": "2026-11-05",
    "paid_at": "2026-11-05T10:00:00+08:00",
}
LANDED: dict[str, Any] = {
    "recharge_no": "RC-7K3M-9QXD-2T5W-8RNA-D",
    "request_no": "20261105-000001",
    "state": "LANDED",
    "source": "COUNTER",
    "msisdn": "13805710001",
    "agreement_no": "",
    "province_code": "ZJ",
    "amount_fen": 10000,
    "bank_transaction_no": "ICBC2026110500000001",
    "business_date": "2026-11-05",
    "paid_at": "2026-11-05T10:00:00+08:00",
    "landed_at": "2026-11-05T10:00:01+08:00",
    "back_no": "",
    "back_reason": "",
    "back_asked_at": None,
    "over_at": None,
    "ask_again_at": None,
    "refund_by": None,
    "bills": [
        {
            "bill_no": "B-7K3M-9QXD-2T5W-8RNA-C",
            "billing_month": "2026-10",
            "amount_fen": 5800,
            "is_reversed": False,
        }
    ],
}
PAID: dict[str, Any] = {
    **LANDED,
    "state": "PAID",
    "landed_at": None,
    "ask_again_at": "2026-11-05T10:01:06+08:00",
    "refund_by": "2026-11-08",
}
REVERSAL: dict[str, Any] = {"request_no": "20261105-000002", "reason": "wrong number"}
REVERSED: dict[str, Any] = {
    **LANDED,
    "state": "REVERSED",
    "back_no": "K-3F5R-8WQM-1T7Y-2HZC-A",
    "back_reason": "wrong number",
    "back_asked_at": "2026-11-05T11:00:00+08:00",
    "over_at": "2026-11-05T11:00:01+08:00",
    "bills": [{**LANDED["bills"][0], "is_reversed": True}],
}
TAKING_BACK: dict[str, Any] = {
    **LANDED,
    "state": "TAKING_BACK",
    "back_no": "K-3F5R-8WQM-1T7Y-2HZC-A",
    "back_reason": "wrong number",
    "back_asked_at": "2026-11-05T11:00:00+08:00",
    "ask_again_at": "2026-11-05T11:01:06+08:00",
}
REFUND: dict[str, Any] = {"request_no": "20261107-000001", "reason": "paid twice"}
REFUND_OWED: dict[str, Any] = {
    **REVERSED,
    "state": "REFUND_OWED",
    "back_reason": "paid twice",
    "over_at": None,
}
ALLOWED: dict[str, Any] = {
    "recharge_no": "RC-7K3M-9QXD-2T5W-8RNA-D",
    "state": "LANDED",
    "refund_by": None,
    "actions": [
        {
            "action": "REVERSE",
            "is_allowed": True,
            "why_not": None,
            "allowed_from": None,
            "allowed_until": "2026-11-06T00:00:00+08:00",
        },
        {
            "action": "REFUND",
            "is_allowed": False,
            "why_not": {
                "code": "refund_too_early",
                "text": "Refunds are possible from the next business day on.",
            },
            "allowed_from": "2026-11-06T00:00:00+08:00",
            "allowed_until": None,
        },
    ],
}
