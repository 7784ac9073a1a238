"""What is agreed with the simulated banks, and the formats of those that have their own."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from billing.models import Arrangement, SettlementTerms
from unipay import clock
from unipay.exchange import layout_rules, queries
from unipay.exchange.models import Directory, FileLayout
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner, ResultCode
from unipay.partners.reference import grant_default_rights, load_result_codes
from unipay.sandbox import arrangements, file_lines
from unipay.sandbox.bank_layouts import OWN_FORMATS
from unipay.sandbox.roster import BANKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def arranged(settings: Any, tmp_path: Path) -> None:
    """Every bank of the sandbox is connected, and agreed with."""
    settings.UNIPAY_LOCAL_DIRECTORIES = [str(tmp_path)]
    load_result_codes()
    banks = [
        Partner.objects.create(
            code=bank.code, kind=PartnerKind.BANK, name=bank.name, is_virtual=bank.is_virtual
        )
        for bank in BANKS
    ]
    grant_default_rights(banks)
    arrangements.arrange(now=clock.now())


def test_agreeing_twice_changes_nothing(arranged: None) -> None:
    Arrangement.objects.filter(bank__code="ICBC").update(days=[1])

    arrangements.arrange(now=clock.now())

    assert Arrangement.objects.count() == len(arrangements.ARRANGEMENTS)
    assert Arrangement.objects.filter(bank__code="ICBC", days=[1]).count() == 2
    assert Directory.objects.count() == 2


def test_the_codes_of_one_legal_bank_settle_together_and_the_virtual_one_for_itself(arranged: None) -> None:
    terms = {row.bank.code: row for row in SettlementTerms.objects.select_related("bank", "settles_with")}

    assert terms["SPDB_WEB"].settles_with == Partner.objects.get(code="SPDB")
    assert (terms["MOBILEPAY"].settles_with, terms["MOBILEPAY"].fee_basis_points) == (None, 60)


def test_small_banks_have_no_line_to_us(arranged: None) -> None:
    small = Partner.objects.filter(code__in=arrangements.HAND_BANKS)

    assert not small.filter(permissions__operation="files.read").exists()
    assert Partner.objects.get(code="ICBC").permissions.filter(operation="files.read").exists()


def test_a_bank_s_own_code_means_what_the_usual_one_does(arranged: None) -> None:
    row = ResultCode.objects.get(partner__code="WZRCB", code="51")

    assert (row.reason_code, row.finality) == ("insufficient_funds", "FINAL_FAILURE")


@pytest.mark.parametrize("own", OWN_FORMATS, ids=lambda own: f"{own.bank} {own.kind}")
def test_every_own_format_is_a_sound_layout(arranged: None, own: Any) -> None:
    layout = queries.layout_for(own.kind, Partner.objects.get(code=own.bank), date(2026, 11, 20))

    assert isinstance(layout, FileLayout)
    assert layout.code == f"{own.bank.lower()}_{own.kind}"
    assert layout_rules.faults(layout, list(layout.columns.all())) == []


def test_own_formats_are_titled_as_people_call_them(arranged: None) -> None:
    titles = set(
        FileLayout.objects.filter(partner__code__in=["SXRCB", "NBCARD"]).values_list("title", flat=True)
    )

    assert titles == {
        "绍兴农商银行 非联网托收送盘文件",
        "绍兴农商银行 非联网托收回盘文件",
        "宁波一卡通 一卡通送盘文件",
        "宁波一卡通 一卡通回盘文件",
        "宁波一卡通 银行委托文件",
    }


@pytest.mark.parametrize("code", ["SXRCB", "WZRCB", "NBCARD"])
def test_what_a_bank_writes_in_its_own_format_it_reads_again(arranged: None, code: str) -> None:
    way = "one_card" if code == "NBCARD" else "offline"
    line = {
        "batch_no": "D-7K3M-9QXD-2T5W-8RNA-H",
        "item_no": "00000001000000010",
        **({"msisdn": "13805710010"} if code == "NBCARD" else {"agreement_no": "571000010"}),
        "account_number": "6210581380571001000",
        "holder_name": "欧阳建国",
        "asked_fen": 5000,
        "billing_month": date(2026, 10, 1),
    }
    now, day = clock.now(), date(2026, 11, 20)

    content = file_lines.written(code, f"{way}_request", [line], business_date=day, now=now, total_fen=5000)
    (read,) = file_lines.read(code, f"{way}_request", content, business_date=day, now=now)

    assert {name: read[name] for name in line if name not in ("billing_month", "asked_fen")} == {
        name: value for name, value in line.items() if name not in ("billing_month", "asked_fen")
    }
    assert read["asked_fen"] == "5000"
