"""The example bodies of the API documentation; people and numbers are invented."""

from typing import Any

ACCOUNT = {"number": "6222020200112233446", "type": "DEBIT"}
HOLDER = {"name": "王小明", "identity_no": "33010619900101123X"}

SIGNING: dict[str, Any] = {
    "request_no": "20261121-000001",
    "msisdn": "13805710001",
    "account": ACCOUNT,
    "holder": HOLDER,
    "channel": "COUNTER",
    "business_date": "2026-11-21",
}
SIGNING_RESULT: dict[str, Any] = {
    "request_no": "20261121-000002",
    "result": "SIGNED",
    "contract_no": "C-7K3M-9QXD-2T5W-8RNA-H",
    "msisdn": "13805710001",
    "bank_contract_no": "ICBC20261121000001",
    "terms": {"auto_pay": True},
    "signed_at": "2026-11-21T10:00:00+08:00",
    "business_date": "2026-11-21",
}
CARRIER_RESULT: dict[str, Any] = {
    "request_no": "20261121-000003",
    "result": "SIGNED",
    "session_no": "S-7K3M-9QXD-2T5W-8RNA-H",
    "msisdn": "13805710002",
    "bank_contract_no": "ICBC20261121000002",
    "account": ACCOUNT,
    "holder": HOLDER,
    "terms": {"recharge_threshold_fen": 2000, "recharge_amount_fen": 5000},
    "signed_at": "2026-11-21T10:05:00+08:00",
    "business_date": "2026-11-21",
}
FAILED_RESULT: dict[str, Any] = {
    "request_no": "20261121-000004",
    "result": "FAILED",
    "session_no": "S-7K3M-9QXD-2T5W-8RNA-H",
    "msisdn": "13805710002",
    "failure_code": "account_invalid",
    "business_date": "2026-11-21",
}
REFUSED_RESULT: dict[str, Any] = {
    "request_no": "20261121-000007",
    "result": "SIGNED",
    "signing_request_no": "20261121-000001",
    "msisdn": "13805710001",
    "bank_contract_no": "ICBC20261121000003",
    "account": ACCOUNT,
    "holder": HOLDER,
    "signed_at": "2026-11-21T10:10:00+08:00",
    "business_date": "2026-11-21",
}
SESSION: dict[str, Any] = {
    "request_no": "hall-000001",
    "msisdn": "13805710002",
    "bank_code": "ICBC",
    "return_url": "https://hall.example.com/signing/done",
    "terms_offer": {
        "user_type": "PREPAID",
        "threshold_default_fen": 2000,
        "threshold_max_fen": 10000,
        "amount_default_fen": 5000,
        "amount_max_fen": 50000,
    },
    "language": "zh-hans",
}
HAND_OVER: dict[str, str] = {
    "session_no": "S-7K3M-9QXD-2T5W-8RNA-H",
    "msisdn": "13805710002",
    "bank_code": "ICBC",
    "return_url": "https://unipay.example.com/pay/signing/Vd3kq9ZtJm0uYw7xRbN2/result",
}
AMENDMENT: dict[str, Any] = {
    "request_no": "20261121-000005",
    "terms": {"auto_pay": False},
    "secondary_msisdns": ["13805710003"],
    "business_date": "2026-11-21",
}
TERMINATION: dict[str, Any] = {
    "request_no": "20261121-000006",
    "reason": "SUBSCRIBER_REQUEST",
    "business_date": "2026-11-21",
}
NUMBER_EVENT: dict[str, Any] = {
    "request_no": "ZJ-000001",
    "event": "NUMBER_CLOSED",
    "msisdn": "13805710002",
    "occurred_at": "2026-11-21T09:00:00+08:00",
}

ACTIVE: dict[str, Any] = {
    "contract_no": "C-7K3M-9QXD-2T5W-8RNA-H",
    "state": "ACTIVE",
    "version": 2,
    "msisdn": "13805710001",
    "secondary_msisdns": [],
    "bank_code": "ICBC",
    "bank_contract_no": "ICBC20261121000001",
    "account_mask": "622202*********3446",
    "holder_mask": "王**",
    "channel": "COUNTER",
    "user_type": "POSTPAID",
    "terms": {"recharge_threshold_fen": None, "recharge_amount_fen": None, "auto_pay": True},
    "terms_offer": {
        "user_type": "POSTPAID",
        "threshold_default_fen": None,
        "threshold_max_fen": None,
        "amount_default_fen": None,
        "amount_max_fen": None,
        "auto_pay_allowed": True,
    },
    "opened_at": "2026-11-21T09:58:00+08:00",
    "expires_at": None,
    "signed_at": "2026-11-21T10:00:00+08:00",
    "ended_at": None,
    "end_reason": "",
}
PROVISIONAL: dict[str, Any] = {
    **ACTIVE,
    "state": "PROVISIONAL",
    "version": 1,
    "bank_contract_no": "",
    "terms": {**ACTIVE["terms"], "auto_pay": False},
    "expires_at": "2026-11-21T10:28:00+08:00",
    "signed_at": None,
}
CONTESTED: dict[str, Any] = {**ACTIVE, "state": "CONTESTED", "case_no": "M-4F8K-2MWP-6XQ3-1TBC-7"}
AMENDED: dict[str, Any] = {
    **ACTIVE,
    "version": 3,
    "secondary_msisdns": ["13805710003"],
    "terms": {**ACTIVE["terms"], "auto_pay": False},
}
TERMINATED: dict[str, Any] = {
    **AMENDED,
    "state": "TERMINATED",
    "version": 4,
    "ended_at": "2026-11-21T15:30:00+08:00",
    "end_reason": "SUBSCRIBER_REQUEST",
}
NOT_SIGNED = {"session_no": "S-7K3M-9QXD-2T5W-8RNA-H", "state": "FAILED"}
SESSION_OPENED = {
    "session_no": "S-7K3M-9QXD-2T5W-8RNA-H",
    "state": "OPENED",
    "redirect_url": "https://unipay.example.com/pay/signing/Vd3kq9ZtJm0uYw7xRbN2/",
    "expires_at": "2026-11-21T10:33:00+08:00",
}
SESSION_COMPLETED = {
    "session_no": "S-7K3M-9QXD-2T5W-8RNA-H",
    "state": "COMPLETED",
    "msisdn": "13805710002",
    "bank_code": "ICBC",
    "contract_no": "C-3XWA-5T0B-9Q1M-2F8H-K",
    "contract_state": "ACTIVE",
    "failure_code": "",
    "opened_at": "2026-11-21T10:03:00+08:00",
    "expires_at": "2026-11-21T10:33:00+08:00",
    "ended_at": "2026-11-21T10:05:10+08:00",
}
NUMBER_EVENT_ANSWER: dict[str, Any] = {
    "msisdn": "13805710002",
    "event": "NUMBER_CLOSED",
    "terminated": ["C-3XWA-5T0B-9Q1M-2F8H-K"],
    "amended": [],
}
