"""A trial book is consistent, the same for the same seed, and partners' views differ from it as they say."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reconciliation.states import Period, Side
from reconciliation.trial import making, view
from reconciliation.trial.drift import Planted, View
from signing.models import Contract, HeldNumber, SigningTransaction
from tests.factories import make_partner, make_province
from unipay import bank_card, check_digit, encryption, identity
from unipay.partners.models import Partner
from unipay.partners.queries import home_province

DAY = date(2026, 11, 21)
COUNT = 400


@pytest.fixture
def banks(db: None) -> list[Partner]:
    """Two banks and a province with its segment."""
    make_province()
    return [make_partner("ABC"), make_partner("ICBC")]


def made(banks: list[Partner], *, seed: int = 1, count: int = COUNT) -> Any:
    return making.make(count, seed=seed, banks=banks, last_day=DAY)


def written(
    partner: Partner, side: Side, period: Period = Period.FULL, share: float = 0.3
) -> tuple[View, list[list[str]]]:
    to = io.BytesIO()
    layout = making.layout(partner, side, period, DAY)
    said = view.write(view.Wanted(partner, side, period, DAY, layout, share, 1), to)
    return said, list(csv.reader(io.StringIO(to.getvalue().decode()), delimiter="|"))


def test_every_contract_is_one_we_could_have_signed(banks: list[Partner]) -> None:
    filled = made(banks)

    assert (filled.made, filled.left_out) == (COUNT, 0)
    keys = encryption.default()
    for contract in Contract.objects.select_related("province"):
        assert check_digit.validate(contract.contract_no, "C") == contract.contract_no
        assert bank_card.validate_card(contract.account_number) == contract.account_number
        assert contract.account_index == keys.blind_index(contract.account_number, context="contract.account")
        assert contract.account_mask == bank_card.mask(contract.account_number)
        assert identity.validate(contract.identity_no) == contract.identity_no
        assert home_province(contract.msisdn) == contract.province
        assert contract.version == 1 + contract.transactions.count()
        assert contract.transactions.latest("version").occurred_at.date() <= DAY
    standing = Contract.objects.exclude(state="TERMINATED")
    assert HeldNumber.objects.filter(is_primary=True).count() == standing.count()
    assert set(SigningTransaction.objects.values_list("kind", flat=True)) >= {
        "SIGNED",
        "AMENDED",
        "TERMINATED",
    }


def test_the_same_seed_makes_the_same_book_and_only_once(banks: list[Partner]) -> None:
    made(banks, count=50)
    first = list(Contract.objects.values_list("contract_no", "msisdn", "account_index").order_by("id"))

    again = made(banks, count=50)

    assert (again.made, again.left_out) == (0, 50)
    assert (
        list(Contract.objects.values_list("contract_no", "msisdn", "account_index").order_by("id")) == first
    )


def test_a_book_larger_than_the_segments_gets_more_of_them(banks: list[Partner]) -> None:
    filled = made(banks, count=9000)

    assert filled.made == 9000
    assert Contract.objects.filter(msisdn__startswith="1600000").exists()


def test_a_view_without_drift_is_our_book(banks: list[Partner]) -> None:
    made(banks)

    said, lines = written(banks[0], Side.BANK, share=0)

    assert dict(said.planted) == {}
    standing = Contract.objects.filter(bank=banks[0]).exclude(state="TERMINATED")
    assert {line[1] for line in lines[1:-1]} == set(standing.values_list("bank_contract_no", flat=True))
    assert lines[0] == ["H", "ABC", "2026-11-21", "2026-11-22T00:00:00+08:00", ""]
    assert lines[-1] == ["T", str(standing.count())]


def test_a_bank_s_view_differs_as_often_as_it_says(banks: list[Partner]) -> None:
    made(banks)

    said, lines = written(banks[0], Side.BANK)

    ours = {c.bank_contract_no: c for c in Contract.objects.filter(bank=banks[0]).exclude(state="TERMINATED")}
    theirs = {line[1]: line for line in lines[1:-1]}
    added = sum(said.planted[way] for way in (Planted.ONLY_THERE, Planted.COLLIDES, Planted.NOBODYS_NUMBER))
    renamed = said.planted[Planted.ANOTHER_CONTRACT_NO]
    assert len(set(theirs) - set(ours)) == added + renamed + said.planted[Planted.ALIVE_THERE]
    assert len(set(ours) - set(theirs)) == said.planted[Planted.LEFT_OUT] + renamed
    both = set(ours) & set(theirs)
    differing = [no for no in both if ours[no].account_number != theirs[no][4]]
    assert len(differing) == said.planted[Planted.ANOTHER_ACCOUNT]
    assert sum(theirs[no][2] == "1380000000X" for no in both) == said.planted[Planted.FAULTY]
    assert len(lines) - 2 - len(theirs) == said.planted[Planted.TWICE]
    assert said.lines == len(lines) - 2 == int(lines[-1][1])
    assert sum(said.expected()["differences"].values()) == sum(said.planted.values())


def test_a_view_is_drawn_again_the_same(banks: list[Partner]) -> None:
    made(banks)

    assert written(banks[0], Side.BANK) == written(banks[0], Side.BANK)


@pytest.mark.parametrize("side", [Side.BANK, Side.PROVINCE])
def test_an_increment_tells_the_day_s_changes(banks: list[Partner], side: Side) -> None:
    made(banks, count=4000)
    partner = banks[0] if side == Side.BANK else Partner.objects.get(code="ZJ")
    whose = {"bank": partner} if side == Side.BANK else {"province": partner}

    said, lines = written(partner, side, Period.INCREMENT, share=0)

    journalled = SigningTransaction.objects.filter(business_date=DAY, **whose).exclude(kind="SUSPENDED")
    assert said.lines == journalled.count() > 0
    assert {line[1] for line in lines[1:-1]} <= {"SIGNED", "AMENDED", "TERMINATED"}


def test_the_command_says_what_it_made(banks: list[Partner], tmp_path: Path, capsys: Any) -> None:
    call_command(
        "make_contracts",
        count=60,
        bank=["ICBC"],
        bank_file=tmp_path / "b",
        drift=0.2,
        business_date=DAY,
        json=True,
    )

    said = json.loads(capsys.readouterr().out)
    assert said["contracts"] == {"made": 60, "left_out": 0}
    assert said["files"][0]["partner"] == "ICBC"
    assert said["files"][0]["lines"] == len((tmp_path / "b").read_bytes().splitlines()) - 2


def test_a_real_centre_gets_no_invented_contracts(banks: list[Partner], settings: Any) -> None:
    settings.UNIPAY_SANDBOX = False

    with pytest.raises(CommandError, match="only where UNIPAY_SANDBOX=1"):
        call_command("make_contracts", count=1)

    assert not Contract.objects.exists()
