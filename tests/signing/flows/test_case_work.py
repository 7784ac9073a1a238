"""What happens when staff work on a manual case (domain.md A4)."""

from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from signing.flows import case_work
from signing.flows.case_work import Upload, content_of
from signing.models import CaseAttachment, CaseComment
from tests.factories import make_province
from tests.signing.factories import NOW, fresh, make_case
from tests.unipay.approvals.factories import make_person
from unipay.backoffice.models import Posting
from unipay.errors import Refusal

PDF = b"%PDF-1.7 the customer's statement"

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return make_person("clerk", "signing.decide_manualcase")


@pytest.fixture
def colleague() -> User:
    return make_person("colleague", "signing.decide_manualcase")


def stored(sql: str, pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk])
        return str(cursor.fetchone()[0])


def test_a_case_that_is_nobodys_can_be_taken_and_given_back(clerk: User) -> None:
    case = make_case()

    case_work.take(case.case_no, by_id=clerk.pk)
    assert fresh(case).owner == clerk
    case_work.give_back(case.case_no, by_id=clerk.pk)

    assert fresh(case).owner is None


def test_a_case_somebody_has_is_not_taken_away(clerk: User, colleague: User) -> None:
    case = make_case(owner=colleague)

    with pytest.raises(Refusal, match="case_taken"):
        case_work.take(case.case_no, by_id=clerk.pk)
    with pytest.raises(Refusal, match="case_not_yours"):
        case_work.give_back(case.case_no, by_id=clerk.pk)

    assert fresh(case).owner == colleague


def test_a_case_is_assigned_to_somebody_who_may_decide(clerk: User, colleague: User) -> None:
    case = make_case(owner=clerk)

    case_work.assign(case.case_no, to_id=colleague.pk)
    with pytest.raises(Refusal, match="may_not_decide"):
        case_work.assign(case.case_no, to_id=make_person("finance").pk)

    assert fresh(case).owner == colleague


def test_a_case_is_not_given_to_somebody_who_would_not_see_it(colleague: User) -> None:
    case = make_case()
    Posting.objects.create(user=colleague, province=make_province("SH", prefix="1380021", key_id=""))

    with pytest.raises(Refusal, match="of_another_province"):
        case_work.assign(case.case_no, to_id=colleague.pk)

    assert fresh(case).owner is None


def test_a_case_that_is_over_is_nobodys_work(clerk: User) -> None:
    case = make_case(state="CLOSED")

    with pytest.raises(Refusal, match="case_over"):
        case_work.take(case.case_no, by_id=clerk.pk)

    assert fresh(case).owner is None


@pytest.mark.django_db(transaction=True)
def test_two_who_take_a_case_at_the_same_moment_do_not_both_get_it() -> None:
    people = [make_person(name, "signing.decide_manualcase") for name in ("one", "two")]
    case, gate, answers = make_case(), Barrier(2), []

    def take(person: User) -> None:
        try:
            gate.wait()
            case_work.take(case.case_no, by_id=person.pk)
            answers.append(person.pk)
        except Refusal as refusal:
            answers.append(refusal.reason.code)
        finally:
            connection.close()

    threads = [Thread(target=take, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(answers) == {fresh(case).owner_id, "case_taken"}


def test_a_comment_stays_as_it_was_written(clerk: User) -> None:
    comment = case_work.comment(make_case().case_no, text=" called the bank ", by_id=clerk.pk, now=NOW)

    assert (comment.text, comment.author) == ("called the bank", clerk)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        CaseComment.objects.update(text="did not call")
    with pytest.raises(Refusal, match="remark_missing"):
        case_work.comment(comment.case.case_no, text="  ", by_id=clerk.pk, now=NOW)


def test_an_attached_document_is_sealed_and_comes_out_as_it_went_in(clerk: User) -> None:
    case = make_case()

    attached = case_work.attach(case.case_no, upload=Upload("statement.pdf", PDF), by_id=clerk.pk, now=NOW)

    assert content_of(CaseAttachment.objects.get(pk=attached.pk)) == PDF
    assert (attached.content_type, attached.size_bytes) == ("application/pdf", len(PDF))
    at_rest = stored("SELECT content FROM signing_caseattachment WHERE id = %s", attached.pk)
    assert "JVBERi" not in at_rest


def test_the_same_document_twice_is_kept_once(clerk: User) -> None:
    case = make_case()
    first, second = (
        case_work.attach(case.case_no, upload=Upload(name, PDF), by_id=clerk.pk, now=NOW)
        for name in ("statement.pdf", "again.pdf")
    )

    assert first.pk == second.pk


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00 a program", b"<html>", b"%PDF-" + b"x" * 5 * 1024 * 1024]
)
def test_a_document_that_may_not_be_attached_is_refused_and_nothing_kept(content: bytes, clerk: User) -> None:
    with pytest.raises(Refusal, match="attachment_refused"):
        case_work.attach(
            make_case().case_no, upload=Upload("statement.pdf", content), by_id=clerk.pk, now=NOW
        )

    assert not CaseAttachment.objects.exists()
