"""The example bodies of what we send, and of what partners answer; people and numbers are invented."""

from typing import Any

from signing.api.examples import ACCOUNT, ACTIVE, HOLDER, SESSION_COMPLETED, TERMINATED

_EVENT_ID = "3f0c5b7e-9a52-4c1d-8e67-2b6f0d9c4a11"

ELIGIBILITY_QUESTION: dict[str, Any] = {
    "request_no": "Q-6B2N-8HXC-4W0T-9KMA-3",
    "msisdn": "13805710002",
    "secondary_msisdns": [],
    "bank_code": "ICBC",
}
ELIGIBILITY_ANSWER: dict[str, Any] = {
    "result_code": "0000",
    "decision": "MAY_SIGN",
    "terms_offer": {
        "user_type": "PREPAID",
        "threshold_default_fen": 2000,
        "threshold_max_fen": 10000,
        "amount_default_fen": 5000,
        "amount_max_fen": 50000,
    },
}
NUMBER_STATUS_QUESTION = {"request_no": "Q-6B2N-8HXC-4W0T-9KMA-3", "msisdn": "13805710002"}
NUMBER_STATUS_ANSWER: dict[str, Any] = {
    "result_code": "0000",
    "status": "NORMAL",
    "user_type": "PREPAID",
    "joined_network_at": "2019-05-04T00:00:00+08:00",
    "identity_matches": True,
}
CONTRACT_CHANGED: dict[str, Any] = {
    "event_id": _EVENT_ID,
    "kind": "contract_changed",
    "resource_version": 2,
    "change": "SIGNED",
    "business_date": "2026-11-21",
    "contract": ACTIVE,
}
SIGNING_QUESTION = {
    "request_no": "Q-6B2N-8HXC-4W0T-9KMA-3",
    "msisdn": "13805710002",
    "session_no": "S-7K3M-9QXD-2T5W-8RNA-H",
}
SIGNING_ANSWER: dict[str, Any] = {
    "result_code": "0000",
    "state": "SIGNED",
    "contract": {
        "msisdn": "13805710002",
        "bank_contract_no": "ICBC20261121000002",
        "account": ACCOUNT,
        "holder": HOLDER,
        "terms": {"recharge_threshold_fen": 2000, "recharge_amount_fen": 5000},
        "signed_at": "2026-11-21T10:05:00+08:00",
        "business_date": "2026-11-21",
    },
}
BOOK_QUESTION = {"request_no": "Q-6B2N-8HXC-4W0T-9KMA-3", "msisdn": "13805710002"}
BOOK_ANSWER: dict[str, Any] = {
    "result_code": "0000",
    "contracts": [
        {
            "state": "ACTIVE",
            "bank_code": "ICBC",
            "contract_no": ACTIVE["contract_no"],
            "bank_contract_no": "ICBC20261121000002",
            "account_mask": ACTIVE["account_mask"],
            "signed_at": "2026-11-21T10:05:00+08:00",
        }
    ],
}
CONTRACT_CONFIRMED: dict[str, Any] = {
    "event_id": _EVENT_ID,
    "kind": "contract_confirmed",
    "resource_version": 2,
    "contract": ACTIVE,
}
CONTRACT_CANCELLED: dict[str, Any] = {
    "event_id": _EVENT_ID,
    "kind": "contract_cancelled",
    "resource_version": 4,
    "reason": "SUBSCRIBER_REQUEST",
    "contract": TERMINATED,
}
SIGNING_OUTCOME: dict[str, Any] = {
    "event_id": _EVENT_ID,
    "kind": "signing_outcome",
    "resource_version": 1,
    **SESSION_COMPLETED,
}
