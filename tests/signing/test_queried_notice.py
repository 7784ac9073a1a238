"""What a bank's answer to our query must hold to be taken for a notice."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from signing.particulars import Account, Holder
from signing.queried_notice import notice_from
from signing.terms import Terms

SAID: dict[str, Any] = {
    "bank_contract_no": "ICBC1",
    "account": {"number": "6222021234567890128", "type": "DEBIT"},
    "holder": {"name": "张三丰", "identity_no": "330102199003071003"},
    "terms": {"recharge_threshold_fen": 2000, "recharge_amount_fen": 5000},
    "signed_at": "2026-03-02T12:00:00+08:00",
    "business_date": "2026-03-02",
}


def test_a_full_answer_is_a_notice() -> None:
    notice = notice_from(SAID, msisdn="13805710001", session_no="S-1")

    assert notice.signed is True
    assert notice.session_no == "S-1"
    assert notice.bank_contract_no == "ICBC1"
    assert notice.account == Account("6222021234567890128", "DEBIT")
    assert notice.holder == Holder("张三丰", "330102199003071003")
    assert notice.terms == Terms(2000, 5000, None)
    assert notice.signed_at == datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
    assert notice.business_date == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"bank_contract_no": ""}, "bank_contract_no"),
        ({"bank_contract_no": 7}, "bank_contract_no"),
        ({"signed_at": "2026-03-02T12:00:00"}, "offset"),
        ({"signed_at": "yesterday"}, "yesterday"),
        ({"business_date": "2026-02-30"}, "day"),
        ({"account": {"number": "x", "type": "DEBIT"}}, "account number"),
        ({"account": {"number": "6222021234567890128", "type": "GOLD"}}, "GOLD"),
        ({"terms": {"recharge_amount_fen": 50.0}}, "fen"),
        ({"terms": {"auto_pay": "yes"}}, "auto_pay"),
    ],
)
def test_an_answer_nobody_can_rely_on_names_what_is_wrong(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        notice_from({**SAID, **changed}, msisdn="13805710001", session_no="S-1")
