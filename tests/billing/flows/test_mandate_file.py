"""The mandates of a city's one-card, as its clearing house sends them (domain.md C5)."""

from itertools import count

import pytest

from billing.kinds import BANK_MANDATES
from billing.models import Mandate
from tests.billing.debits import DAY, NOW, arranged, now, states
from tests.billing.factories import make_bill, make_mandate
from tests.signing.factories import the_bank, the_province
from unipay.exchange.flows import check, receive
from unipay.exchange.models import FileFault, FileOrigin, ReceivedFile

pytestmark = pytest.mark.django_db

ACCOUNT, OTHER_ACCOUNT = "6222021234567890128", "6222021234567890136"
_files = count(1)


@pytest.fixture(autouse=True)
def home() -> None:
    """A province."""
    the_province()


def line(
    change: str, mandate_no: str, *, msisdn: str = "", agreement_no: str = "", account: str = ACCOUNT
) -> str:
    """A line of the file."""
    signed_at = "2026-11-01T08:00:00+08:00"
    return f"D|{change}|{mandate_no}|{agreement_no}|{msisdn}|{account}|张三丰|{signed_at}"


def bring(*lines: str) -> ReceivedFile:
    """Hand the file in and have it read."""
    head = f"H|ICBC|{DAY}||M{next(_files)}"
    content = "\n".join([head, *lines, f"T|{len(lines)}"]) + "\n"
    file = receive.keep(
        partner=the_bank(),
        kind=BANK_MANDATES,
        name=f"mandates-{next(_files)}.txt",
        chunks=[content.encode()],
        origin=FileOrigin.COMMAND,
        business_date=DAY,
        now=NOW,
    )
    file = check.check(file.pk, now=now)
    assert (file.state, file.last_error) == ("ACCEPTED", "")
    return file


def faults() -> list[tuple[int, str]]:
    """What was wrong, by line."""
    return list(FileFault.objects.order_by("line_no").values_list("line_no", "code"))


def test_a_signed_mandate_is_kept_sealed() -> None:
    bring(line("ADD", "M1", msisdn="13805710001"))

    mandate = Mandate.objects.get()
    assert (mandate.way, mandate.msisdn, mandate.state) == ("ONE_CARD", "13805710001", "ACTIVE")
    assert (mandate.account_number, mandate.holder_name) == (ACCOUNT, "张三丰")
    assert (mandate.account_mask, mandate.holder_mask) == ("622202*********0128", "张**")
    assert mandate.province == the_province()
    assert faults() == []


def test_the_same_mandate_again_changes_nothing_but_what_differs() -> None:
    bring(line("ADD", "M1", msisdn="13805710001"))

    bring(line("ADD", "M1", msisdn="13805710001", account=OTHER_ACCOUNT))

    assert Mandate.objects.get().account_number == OTHER_ACCOUNT


def test_an_amended_mandate_has_the_new_account() -> None:
    bring(line("ADD", "M1", msisdn="13805710001"))

    bring(line("AMEND", "M1", account=OTHER_ACCOUNT))

    assert Mandate.objects.get().account_number == OTHER_ACCOUNT


def test_a_number_may_change_its_mandate_in_one_file() -> None:
    bring(line("ADD", "M1", msisdn="13805710001"))

    bring(line("ADD", "M2", msisdn="13805710001", account=OTHER_ACCOUNT), line("END", "M1"))

    assert list(Mandate.objects.order_by("id").values_list("mandate_no", "state")) == [
        ("M1", "ENDED"),
        ("M2", "ACTIVE"),
    ]
    assert faults() == []


def test_an_agreement_is_at_home_where_its_bills_come_from() -> None:
    arranged("COLLECTION")
    make_bill(agreement_no="A1")

    bring(line("ADD", "M1", agreement_no="A1"), line("ADD", "M2", agreement_no="A2"))

    assert list(Mandate.objects.values_list("agreement_no", "way")) == [("A1", "COLLECTION")]
    assert faults() == [(3, "mandate_without_home")]


def test_what_can_not_be_is_a_fault_of_its_line() -> None:
    make_mandate(way="ONE_CARD", msisdn="13805710001", bank=the_bank("CCB"))

    bring(line("ADD", "M1", msisdn="13805710001"), line("AMEND", "M2"), line("END", "M3"))

    assert faults() == [(2, "mandate_in_the_way"), (3, "unknown_mandate"), (4, "unknown_mandate")]
    assert states(Mandate) == ["ACTIVE"]


def test_a_mandate_never_gets_the_account_of_another_number() -> None:
    bring(line("ADD", "M1", msisdn="13805710001"))

    bring(line("ADD", "M1", msisdn="13805710002", account=OTHER_ACCOUNT))

    assert Mandate.objects.get().account_number == ACCOUNT
    assert faults() == [(2, "mandate_in_the_way")]
