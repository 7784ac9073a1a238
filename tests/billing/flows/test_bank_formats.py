"""A bank with a file format of its own (domain.md C4): GBK, fixed width in bytes, names in Chinese, both ways."""

from typing import Any

import pytest

from billing.models import Bill, DebitItem, DebitReturn
from tests.billing.debits import DAY, arranged, bring, effects, items, run_of, states
from tests.billing.factories import make_bill, make_mandate
from tests.signing.factories import the_bank, the_province
from unipay.exchange import vault
from unipay.exchange.models import FileLayout, LayoutColumn, LayoutState, SentFile
from unipay.partners.models import ResultCode
from unipay.partners.reference import load_result_codes

pytestmark = pytest.mark.django_db

NUMBER = {"align": "RIGHT", "pad": "0"}


@pytest.fixture(autouse=True)
def home() -> None:
    """A province, and banks whose codes we know."""
    the_province()
    load_result_codes(kind="BANK")


def layout(kind: str, *columns: dict[str, Any]) -> FileLayout:
    """The bank's own layout, in force: GBK, fixed width, neither header nor trailer."""
    made = FileLayout.objects.create(
        code=f"icbc_{kind}",
        title=kind,
        kind=kind,
        partner=the_bank(),
        state=LayoutState.PUBLISHED,
        effective_from=DAY.replace(month=1, day=1),
        encoding="GBK",
        shape="FIXED",
        delimiter="",
        has_header=False,
        has_trailer=False,
    )
    for position, column in enumerate(columns, start=1):
        LayoutColumn.objects.create(layout=made, position=position, **column)
    return made


def test_a_bank_of_fixed_columns_in_gbk_is_asked_and_answers() -> None:
    layout(
        "offline_request",
        {"field": "item_no", "width": 17},
        {"field": "holder_name", "width": 12},
        {"field": "account_number", "width": 22},
        {"field": "asked_fen", "width": 10, "unit": "YUAN", **NUMBER},
        {"constant": "END", "width": 3},
    )
    layout(
        "offline_return",
        {"field": "item_no", "width": 17},
        {"field": "result_code", "width": 2, "code_map": {}},
        {"field": "debited_fen", "width": 10, "unit": "YUAN", **NUMBER},
        {"field": "reason_text", "width": 20},
    )
    mandates = [make_mandate(way="OFFLINE", holder_name=name) for name in ("欧阳锋", "杭州丝绸")]
    for mandate in mandates:
        make_bill(agreement_no=mandate.agreement_no, amount_fen=123456)

    run = run_of(arranged("OFFLINE"))

    with vault.open_(SentFile.objects.get().file_no) as sent:
        content = sent.read()
    one, two = items(run)
    lines = [
        f"{one.item_no}欧阳锋      6222021234567890128   0001234.56END\n",
        f"{two.item_no}杭州丝绸    6222021234567890128   0001234.56END\n",
    ]
    assert content == "".join(lines).encode("gbk")

    answers = [f"{one.item_no}000001234.56{'':20}\n", f"{two.item_no}990000000.00余额不足            \n"]
    mapped("00", "")
    mapped("99", "insufficient_funds")
    file = bring("".join(answers).encode("gbk"), way="OFFLINE")

    returned = DebitReturn.objects.get(file=file)
    assert effects(returned) == ["SETTLED", "FAILED"]
    assert [line.remark for line in returned.lines.order_by("line_no")] == ["", "余额不足"]
    assert (states(DebitItem), states(Bill)) == (["SETTLED", "FAILED"], ["SETTLED", "DUE"])


def mapped(code: str, reason_code: str) -> None:
    """The bank's own code for a debit."""
    ResultCode.objects.create(
        kind="BANK",
        partner=the_bank(),
        direction="ANSWER",
        operation="debit",
        code=code,
        reason_code=reason_code,
        finality="FINAL_FAILURE" if reason_code else "SUCCESS",
    )
