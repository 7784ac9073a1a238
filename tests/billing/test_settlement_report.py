"""What a bank owes us: taken, reversed, refunded, fees and net, as finance would reckon it by hand."""

from datetime import timedelta

import pytest

from billing.models import SettlementTerms
from billing.settlement_report import Sums, report, total
from tests.billing.factories import DAY, make_recharge
from tests.signing.factories import the_bank, the_province

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart")]


def test_a_bank_pays_what_it_took_less_what_went_back_and_its_fee() -> None:
    SettlementTerms.objects.create(bank=the_bank(), fee_basis_points=60, fee_floor_fen=10, fee_cap_fen=2000)
    make_recharge(amount_fen=10_000)
    make_recharge("PAID", amount_fen=500)
    make_recharge("REVERSED", amount_fen=700)
    make_recharge("REFUNDED", amount_fen=2_000)

    (line,) = report(begins=DAY, ends=DAY)

    assert (line.bank.code, line.province.code, line.settles_with) == ("ICBC", "ZJ", "ICBC")
    assert line.sums == Sums(
        recharge_count=4,
        recharge_fen=13_200,
        reversed_fen=700,
        refunded_fen=2_000,
        fee_fen=60 + 10 + 12,
    )
    assert line.sums.net_fen == 13_200 - 700 - 2_000 - 82


def test_codes_of_one_legal_bank_and_provinces_are_told_apart_and_add_up() -> None:
    other = the_bank("ICBC_CARD")
    SettlementTerms.objects.create(bank=other, settles_with=the_bank())
    make_recharge()
    make_recharge(bank=other)
    make_recharge(province=the_province("GD", prefix="1390200"))

    lines = report(begins=DAY, ends=DAY)

    assert [(line.bank.code, line.settles_with, line.province.code) for line in lines] == [
        ("ICBC", "ICBC", "GD"),
        ("ICBC", "ICBC", "ZJ"),
        ("ICBC_CARD", "ICBC", "ZJ"),
    ]
    assert total(lines) == Sums(recharge_count=3, recharge_fen=15_000)


def test_other_days_and_other_provinces_are_left_out() -> None:
    make_recharge()

    assert report(begins=DAY + timedelta(days=1), ends=DAY + timedelta(days=9)) == []
    assert report(begins=DAY, ends=DAY, provinces=[0]) == []
