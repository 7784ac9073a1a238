"""People decide on a file that waits for them."""

import pytest
from django.contrib.auth.models import User

from tests.unipay.exchange.factories import NOW, make_expected, make_layout, make_received
from tests.unipay.exchange.flows.conftest import Book
from tests.unipay.exchange.flows.test_check import ONE_FAULT, clock, keep
from unipay.errors import Refusal
from unipay.exchange.flows import decide
from unipay.exchange.flows.check import check
from unipay.exchange.models import ExpectedFile, ReceivedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("clerk")


@pytest.fixture
def waiting() -> ReceivedFile:
    make_layout("trial_book", on_fault="ASK")
    make_expected(kind="trial_book")
    return check(keep(ONE_FAULT).pk, now=clock())


def test_the_good_lines_are_passed_on_once_people_accept(
    waiting: ReceivedFile, clerk: User, book: Book
) -> None:
    decided = decide.accept_despite_faults(waiting, by_id=clerk.pk, remark="Told the bank.", now=NOW)
    passed_on = check(waiting.pk, now=clock())

    assert (decided.state, decided.decided_by, decided.decision_remark) == (
        "ACCEPTED",
        clerk,
        "Told the bank.",
    )
    assert passed_on.handled_at == NOW
    assert book.passed_on == [(waiting.file_no, [(1, "B-1", "13805710001")])]
    assert ExpectedFile.objects.get().state == "ARRIVED"


def test_a_refused_file_counts_for_nothing(waiting: ReceivedFile, clerk: User, book: Book) -> None:
    decided = decide.refuse(waiting, by_id=clerk.pk, remark="Send it again, please.", now=NOW)
    check(waiting.pk, now=clock())

    assert (decided.state, decided.refusal_code, decided.refusal) == (
        "REFUSED",
        "refused_by_staff",
        "Send it again, please.",
    )
    assert book.passed_on == []
    assert ExpectedFile.objects.get().state == "EXPECTED"


def test_an_empty_file_people_accept_is_declared_empty(clerk: User, book: Book) -> None:
    make_layout("trial_book")
    make_expected(kind="trial_book")
    empty = check(keep(b"").pk, now=clock())

    decide.accept_despite_faults(empty, by_id=clerk.pk, remark="They had a holiday.", now=NOW)
    passed_on = check(empty.pk, now=clock())

    assert (passed_on.state, passed_on.is_declared_empty, passed_on.handled_at) == ("ACCEPTED", True, NOW)
    assert book.passed_on == [(empty.file_no, [])]
    assert ExpectedFile.objects.get().state == "ARRIVED"


@pytest.mark.parametrize("decision", [decide.accept_despite_faults, decide.refuse])
def test_a_decision_says_why(waiting: ReceivedFile, clerk: User, decision: object) -> None:
    with pytest.raises(Refusal) as refused:
        decision(waiting, by_id=clerk.pk, remark=" ", now=NOW)  # type: ignore[operator]

    assert refused.value.reason.code == "file_remark_missing"
    assert ReceivedFile.objects.get(pk=waiting.pk).state == "CHECKED"


@pytest.mark.parametrize("state", ["RECEIVED", "ACCEPTED", "REFUSED", "QUARANTINED"])
def test_only_a_file_that_waits_is_decided_on(clerk: User, state: str) -> None:
    file = make_received(state)

    with pytest.raises(Refusal) as refused:
        decide.refuse(file, by_id=clerk.pk, remark="No.", now=NOW)

    assert refused.value.reason.code == "file_decided"
    assert ReceivedFile.objects.get(pk=file.pk).state == state
