"""A received file is read: accepted, refused, put before people; by one worker at a time, after a crash by another."""

import errno
import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.unipay.exchange.factories import (
    NOW,
    YESTERDAY,
    add_column,
    make_expected,
    make_layout,
    the_bank,
)
from tests.unipay.exchange.flows.conftest import Book
from unipay.exchange.flows import receive
from unipay.exchange.flows.check import check
from unipay.exchange.models import ExpectedFile, FileFault, FileLayout, ReceivedFile
from unipay.exchange.queries import content, fault_list

GOOD = b"B-1|13805710001\nB-2|13805710002\n"
ONE_FAULT = b"B-1|13805710001\nB-2|1380571\n"


def keep(text: bytes = GOOD, **said: Any) -> ReceivedFile:
    given: dict[str, Any] = {"partner": the_bank(), "kind": "trial_book", "name": "book.txt", "origin": "API"}
    return receive.keep(chunks=[text], now=NOW, **{"business_date": YESTERDAY, **given, **said})


def clock(moment: datetime = NOW) -> Callable[[], datetime]:
    return lambda: moment


def test_a_good_file_is_accepted_and_passed_on(db: None, book: Book) -> None:
    layout, expected = make_layout("trial_book"), make_expected(kind="trial_book")
    file = keep()

    checked = check(file.pk, now=clock())

    assert (checked.state, checked.layout, checked.handled_at, checked.claimed_until) == (
        "ACCEPTED",
        layout,
        NOW,
        None,
    )
    assert (checked.line_count, checked.accepted_count, checked.faulty_count) == (2, 2, 0)
    assert book.passed_on == [(file.file_no, [(1, "B-1", "13805710001"), (2, "B-2", "13805710002")])]
    expected = ExpectedFile.objects.get(pk=expected.pk)
    assert (expected.state, expected.file_id) == ("ARRIVED", file.pk)


def test_a_file_that_was_passed_on_is_not_read_again(db: None, book: Book) -> None:
    make_layout("trial_book")
    file = keep()

    check(file.pk, now=clock())
    check(file.pk, now=clock(NOW + timedelta(days=1)))

    assert len(book.passed_on) == 1
    assert ReceivedFile.objects.get(pk=file.pk).attempts == 1


def test_faulty_lines_are_left_out_and_listed(db: None, book: Book, english: None) -> None:
    make_layout("trial_book")
    file = keep(ONE_FAULT)

    checked = check(file.pk, now=clock())

    assert (checked.state, checked.accepted_count, checked.faulty_count) == ("ACCEPTED", 1, 1)
    assert [line for _no, lines in book.passed_on for line in lines] == [(1, "B-1", "13805710001")]
    fault = FileFault.objects.get(file=file)
    assert (fault.line_no, fault.column, fault.code) == (2, "msisdn", "bad_msisdn")
    head, line = b"".join(fault_list(file)).decode().splitlines()
    assert head == "line,column,fault,reason,excerpt"
    assert line.startswith("2,msisdn,bad_msisdn,This is not a mobile number of eleven digits.,")


@pytest.mark.parametrize(
    ("on_fault", "state", "code"), [("REFUSE", "REFUSED", "faulty_lines"), ("ASK", "CHECKED", "")]
)
def test_a_layout_may_refuse_or_ask(db: None, book: Book, on_fault: str, state: str, code: str) -> None:
    make_layout("trial_book", on_fault=on_fault)

    checked = check(keep(ONE_FAULT).pk, now=clock())

    assert (checked.state, checked.refusal_code, checked.claimed_until) == (state, code, None)
    assert book.passed_on == []
    assert FileFault.objects.count() == 1


def test_a_file_without_a_layout_in_force_is_refused_in_words(db: None, english: None) -> None:
    make_layout("trial_book", state="DRAFT")
    make_layout("trial_book", partner=the_bank("CCB"))

    checked = check(keep().pk, now=clock())

    assert (checked.state, checked.refusal_code) == ("REFUSED", "layout_missing")
    assert checked.refusal == "No layout is in force for this kind of file, partner and date."


def test_a_partners_own_layout_goes_before_ours(db: None) -> None:
    make_layout("trial_book", effective_from=YESTERDAY)
    own = make_layout("trial_book", partner=the_bank(), effective_from=YESTERDAY - timedelta(days=90))

    checked = check(keep().pk, now=clock())

    assert checked.layout == own


def header_layout(**fields: Any) -> FileLayout:
    layout = make_layout("trial_book", has_header=True, **fields)
    add_column(layout, "HEADER", 1, "partner_code")
    add_column(layout, "HEADER", 2, "business_date", date_format="%Y%m%d")
    return layout


def test_the_header_tells_the_business_date(db: None) -> None:
    header_layout()

    checked = check(keep(b"ICBC|20261121\n" + GOOD, business_date=None).pk, now=clock())

    assert (checked.state, checked.business_date) == ("ACCEPTED", YESTERDAY)
    assert checked.header == {"partner_code": "ICBC", "business_date": "2026-11-21"}


def test_the_layout_is_the_one_of_the_date_the_header_tells(db: None) -> None:
    then = header_layout()
    header_layout(effective_from=NOW.date())

    checked = check(keep(b"ICBC|20261121\n" + GOOD, business_date=None).pk, now=clock())

    assert (checked.state, checked.layout) == ("ACCEPTED", then)


@pytest.mark.parametrize(
    ("header", "code"), [(b"CCB|20261121\n", "wrong_partner"), (b"ICBC|20261120\n", "wrong_date")]
)
def test_a_header_that_contradicts_is_refused(db: None, book: Book, header: bytes, code: str) -> None:
    header_layout()

    checked = check(keep(header + GOOD).pk, now=clock())

    assert (checked.state, checked.refusal_code) == ("REFUSED", code)
    assert checked.refusal
    assert book.passed_on == []


def test_nobody_says_for_which_day_it_is(db: None) -> None:
    make_layout("trial_book")

    checked = check(keep(business_date=None).pk, now=clock())

    assert (checked.state, checked.refusal_code) == ("REFUSED", "business_date_missing")


def test_an_empty_file_nobody_declared_waits_for_people(db: None, book: Book) -> None:
    make_layout("trial_book")
    expected = make_expected(kind="trial_book")

    checked = check(keep(b"").pk, now=clock())

    assert (checked.state, checked.line_count) == ("CHECKED", 0)
    assert ExpectedFile.objects.get(pk=expected.pk).state == "UNDECLARED"
    assert book.passed_on == []


@pytest.mark.parametrize("has_header", [False, True])
def test_an_empty_file_declared_empty_is_accepted(db: None, book: Book, has_header: bool) -> None:
    header_layout() if has_header else make_layout("trial_book")
    expected = make_expected(kind="trial_book")
    file = keep(b"", is_declared_empty=True)

    checked = check(file.pk, now=clock())

    assert (checked.state, checked.line_count, checked.last_error) == ("ACCEPTED", 0, "")
    assert book.passed_on == [(file.file_no, [])]
    assert ExpectedFile.objects.get(pk=expected.pk).state == "ARRIVED"


def test_a_file_declared_empty_that_is_not_is_refused(db: None) -> None:
    make_layout("trial_book")

    checked = check(keep(is_declared_empty=True).pk, now=clock())

    assert (checked.state, checked.refusal_code) == ("REFUSED", "file_contradicts")


def lose(path: Path) -> None:
    path.unlink()


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(("harm", "code"), [(lose, "file_altered"), (flip_a_bit, "altered")])
def test_a_file_altered_in_the_vault_is_put_into_quarantine(
    db: None, book: Book, settings: Any, harm: Callable[[Path], None], code: str
) -> None:
    make_layout("trial_book")
    file = keep()
    [path] = Path(settings.UNIPAY_FILES_DIR).glob("vault/*/*")
    harm(path)

    checked = check(file.pk, now=clock())

    assert (checked.state, checked.refusal_code) == ("QUARANTINED", code)
    assert book.passed_on == []


def test_a_file_altered_after_it_was_accepted_is_not_passed_on(db: None, book: Book, settings: Any) -> None:
    make_layout("trial_book")
    book.trouble.append(RuntimeError("the power went"))
    file = keep()
    check(file.pk, now=clock())
    [path] = Path(settings.UNIPAY_FILES_DIR).glob("vault/*/*")
    flip_a_bit(path)

    later = check(file.pk, now=clock(NOW + timedelta(minutes=1)))

    assert (later.state, later.handled_at, book.passed_on) == ("ACCEPTED", None, [])
    assert later.last_error


def test_a_disk_that_is_full_refuses_nothing(db: None, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    make_layout("trial_book")
    file = keep(ONE_FAULT)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        first = check(file.pk, now=clock())
    later = check(file.pk, now=clock(NOW + timedelta(minutes=1)))

    assert (first.state, first.last_error) == ("RECEIVED", "OSError: [Errno 28] No space left on device")
    assert (later.state, later.last_error, len(book.passed_on)) == ("ACCEPTED", "", 1)


def test_whoever_crashed_while_passing_on_is_followed(db: None, book: Book) -> None:
    make_layout("trial_book")
    book.trouble.append(RuntimeError("the power went"))
    file = keep()

    first = check(file.pk, now=clock())
    at_once = check(file.pk, now=clock(NOW + timedelta(seconds=29)))
    later = check(file.pk, now=clock(NOW + timedelta(seconds=30)))

    assert (first.state, first.handled_at, first.last_error) == (
        "ACCEPTED",
        None,
        "RuntimeError: the power went",
    )
    assert at_once.attempts == 1
    assert (later.attempts, later.last_error, later.handled_at) == (2, "", NOW + timedelta(seconds=30))
    assert [no for no, _lines in book.passed_on] == [file.file_no]
    assert FileFault.objects.count() == 0


def test_waits_grow_with_every_failure(db: None, book: Book) -> None:
    make_layout("trial_book")
    book.trouble.extend(MemoryError("again") for _turn in range(3))
    file, waits, moment = keep(), [], NOW

    for _turn in range(3):
        claimed_until = check(file.pk, now=clock(moment)).claimed_until
        assert claimed_until is not None
        waits.append((claimed_until - moment).total_seconds())
        moment = claimed_until

    assert waits == [30, 60, 120]
    assert check(file.pk, now=clock(moment)).handled_at == moment


def test_a_claim_that_was_taken_over_writes_nothing(db: None, book: Book) -> None:
    make_layout("trial_book")
    file = keep()

    def take_over() -> None:
        book.meanwhile = None
        check(file.pk, now=clock(NOW + timedelta(minutes=5)))

    book.meanwhile = take_over

    check(file.pk, now=clock())

    checked = ReceivedFile.objects.get(pk=file.pk)
    assert (checked.attempts, checked.handled_at) == (2, NOW + timedelta(minutes=5))


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_read_one_file(book: Book) -> None:
    make_layout("trial_book")
    file = keep()
    reads, goes_on = threading.Event(), threading.Event()

    def stay() -> None:
        reads.set()
        goes_on.wait(10)

    def work() -> None:
        check(file.pk, now=clock())
        connection.close()

    book.meanwhile = stay
    first = threading.Thread(target=work)
    first.start()
    assert reads.wait(20)

    second = check(file.pk, now=clock())
    goes_on.set()
    first.join()

    assert (second.attempts, second.handled_at) == (1, None)
    assert len(book.passed_on) == 1
    assert b"".join(content(file.file_no)) == GOOD
