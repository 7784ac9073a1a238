"""Domain.md B over real HTTP: the bank's list, our corrections, the province's list, its correction and its answer."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client

from reconciliation.flows import resend
from reconciliation.models import Discrepancy, Guard, Run
from signing.models import Contract, ManualCase
from tests.town import Town
from unipay import clock
from unipay.exchange.flows import check
from unipay.exchange.models import FileLayout, ReceivedFile, SentFile
from unipay.sandbox import bank, bank_files, bank_signing, file_wire, province_files
from unipay.sandbox.models import SandboxContract

pytestmark = pytest.mark.django_db(transaction=True)

SEGMENT = "1380571"
EVEN, UNASKED = f"{SEGMENT}0010", f"{SEGMENT}0012"
LOST, OTHER_TERMS = f"{SEGMENT}9061", f"{SEGMENT}9062"
NOT_NOTED, NOTED_WRONG, END_NOT_NOTED = f"{SEGMENT}9065", f"{SEGMENT}9066", f"{SEGMENT}9067"
REFUSED, SECOND_TIME = f"{SEGMENT}9071", f"{SEGMENT}9072"
SIGNED = (EVEN, LOST, OTHER_TERMS, NOT_NOTED, NOTED_WRONG, END_NOT_NOTED, REFUSED, SECOND_TIME)


@pytest.fixture
def signed(town: Town) -> Town:
    """Numbers signed at ICBC, and told to Zhejiang, which notes them as it does; the neutral layouts are there."""
    if not FileLayout.objects.exists():
        import_module("unipay.exchange.migrations.0003_ship_neutral_layouts").ship(apps, None)
    Guard.objects.create(shrink_permille=1000, remark="a small town")
    for msisdn in SIGNED:
        row, _reply = bank.ask_to_sign("ICBC", msisdn)
        bank_signing.sign(row)
    town.deliver()
    bank.terminate(SandboxContract.objects.get(partner_code="ICBC", msisdn=END_NOT_NOTED))
    bank_files.sign_unasked("ICBC", UNASKED, now=clock.now())
    town.deliver()
    return town


def today() -> date:
    return clock.business_date(clock.now())


def read_files() -> None:
    """Read what came, as a worker would."""
    for pk in ReceivedFile.objects.filter(state="RECEIVED").order_by("id").values_list("pk", flat=True):
        check.check(pk, now=clock.now)


def banks_run(period: str = "full") -> Run:
    """The bank sends its file, and we compare and correct."""
    assert bank_files.send("ICBC", period, business_date=today(), now=clock.now()).status == 201
    read_files()
    return Run.objects.get(partner__code="ICBC", is_current=True)


def provinces_run(period: str = "full") -> Run:
    """The province sends its file, and we compare and write the correction file."""
    assert province_files.send("ZJ", period, business_date=today(), now=clock.now()).status == 201
    read_files()
    return Run.objects.get(partner__code="ZJ", is_current=True)


def found(run: Run) -> set[tuple[str, str, str]]:
    return set(Discrepancy.objects.filter(run=run).values_list("msisdn", "difference", "state"))


def held_by_province() -> dict[str, str]:
    rows = SandboxContract.objects.filter(partner_code="ZJ", state="SIGNED")
    return dict(rows.values_list("contract_no", "msisdn"))


def held_by_us() -> dict[str, str]:
    return dict(Contract.objects.filter(state="ACTIVE").values_list("contract_no", "msisdn"))


def test_three_books_are_made_to_agree(signed: Town) -> None:
    run = banks_run()

    assert found(run) == {
        (UNASKED, "MISSING_HERE", "CORRECTED"),
        (LOST, "MISSING_AT_BANK", "CORRECTED"),
        (OTHER_TERMS, "DIFFERS", "CORRECTED"),
    }
    assert run.state == "CLOSED"
    signed.deliver()
    assert signed.province_book("ZJ", UNASKED)[0][1] == "SIGNED"

    run = provinces_run()

    assert found(run) == {
        (NOT_NOTED, "MISSING_THERE", "EXPORTED"),
        (NOTED_WRONG, "DIFFERS_THERE", "EXPORTED"),
        (END_NOT_NOTED, "EXTRA_THERE", "EXPORTED"),
        (REFUSED, "MISSING_THERE", "EXPORTED"),
        (SECOND_TIME, "MISSING_THERE", "EXPORTED"),
    }

    (answered,) = province_files.answer_corrections("ZJ", now=clock.now())
    read_files()

    assert (answered.lines, answered.answers, answered.reply.status) == (5, 4, 201)
    assert SentFile.objects.get().state == "ACKNOWLEDGED"
    case = ManualCase.objects.get()
    assert (case.msisdn, case.reason, case.evidence.get().facts["answer"]) == (
        REFUSED,
        "PROVINCE_REFUSED",
        "4001",
    )
    assert [row[0] for row in found(run) if row[2] == "EXPORTED"] == [SECOND_TIME]

    later = clock.now() + timedelta(hours=25)
    assert [resend.resend(number, now=later) for number in resend.due(now=later)] == [1]
    province_files.answer_corrections("ZJ", now=clock.now())
    read_files()

    assert Run.objects.get(pk=run.pk).state == "CLOSED"
    assert {**held_by_province(), case.standing.contract_no: REFUSED} == held_by_us()  # type: ignore[union-attr]

    again = provinces_run()

    assert found(again) == {(REFUSED, "MISSING_THERE", "CARRIED")}


def test_an_increment_tells_what_happened_that_day(signed: Town) -> None:
    run = banks_run("increment")

    assert (UNASKED, "MISSING_HERE", "CORRECTED") in found(run)
    assert (OTHER_TERMS, "DIFFERS", "CORRECTED") in found(run)
    assert run.state == "CLOSED"


def test_an_answer_cut_short_is_refused_and_asked_for_again(signed: Town) -> None:
    run = provinces_run()
    province_files.answer_corrections("ZJ", now=clock.now(), is_cut_short=True)

    read_files()

    answer = ReceivedFile.objects.latest("id")
    assert (answer.kind, answer.state, answer.refusal_code) == (
        "province_correction_result",
        "REFUSED",
        "no_trailer",
    )
    assert file_wire.become_of("ZJ", answer.file_no).body["reason_code"] == "no_trailer"
    assert Run.objects.get(pk=run.pk).state == "EXPORTED"
    later = clock.now() + timedelta(hours=25)
    assert resend.resend(run.run_no, now=later) == 5


def test_a_correction_file_refused_as_a_whole_comes_again(signed: Town) -> None:
    run = provinces_run()

    (reply,) = province_files.refuse_corrections("ZJ")
    answered = province_files.answer_corrections("ZJ", now=clock.now())
    read_files()

    assert reply.status == 200
    assert [each.lines for each in answered] == [5]
    assert list(SentFile.objects.order_by("id").values_list("state", flat=True)) == ["FAILED", "ACKNOWLEDGED"]
    assert Run.objects.get(pk=run.pk).exports == 2


def test_the_buttons_of_the_pages_do_the_same(signed: Town) -> None:
    browser = Client()
    full = {"period": "full", "business_date": today().isoformat()}

    browser.post("/sandbox/banks/ICBC/unasked/", {"msisdn": f"{SEGMENT}0014"})
    browser.post("/sandbox/banks/ICBC/file/", full)
    browser.post("/sandbox/provinces/ZJ/file/", full)
    read_files()
    page = browser.post("/sandbox/provinces/ZJ/corrections/", {"answer": ""}, follow=True)
    read_files()

    assert "5 行" in page.content.decode() or "5 lines received" in page.content.decode()
    assert list(ReceivedFile.objects.order_by("id").values_list("kind", "state")) == [
        ("bank_contract_full", "ACCEPTED"),
        ("province_contract_full", "ACCEPTED"),
        ("province_correction_result", "ACCEPTED"),
    ]
    assert browser.get("/sandbox/banks/ICBC/").status_code == 200
