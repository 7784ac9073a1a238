"""The page of a received file: its journey, its faults, what people decide, and what leaves the house."""

import pytest
from django.test import Client

from tests.conftest import Login
from tests.unipay.exchange.factories import FULL, make_received, make_sent
from unipay.backoffice.models import Disclosure
from unipay.exchange import queries, vault
from unipay.exchange.admin.received_page import said
from unipay.exchange.models import FileFault, ReceivedFile, SentFile

VIEW = "exchange.view_receivedfile"
COUNTS = {"line_count": 20, "accepted_count": 18, "faulty_count": 2}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def page_of(file: ReceivedFile, verb: str = "change") -> str:
    return f"/admin/exchange/receivedfile/{file.pk}/{verb}/"


@pytest.fixture
def file() -> ReceivedFile:
    """A file with two faults that waits for people."""
    file = make_received("CHECKED", **COUNTS, header={"business_date": "2026-11-21"})
    FileFault.objects.create(file=file, line_no=7, column="msisdn", code="bad_msisdn", excerpt="138****")
    FileFault.objects.create(file=file, line_no=9, column="", code="duplicate_key")
    return file


def body(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_page_says_line_by_line_what_is_wrong(administrator: Client, file: ReceivedFile) -> None:
    html = administrator.get(page_of(file)).content.decode()

    assert "This is not a mobile number of eleven digits." in html
    assert "<code>138****</code>" in html
    assert "Another line of the file has the same key" in html
    assert "Accept 18 lines without the 2 faulty ones" in html
    assert "2026-11-21" in html


def test_the_faults_can_be_narrowed_to_one_reason(administrator: Client, file: ReceivedFile) -> None:
    page = administrator.get(page_of(file), {"code": "duplicate_key"}).context["page"]

    assert [fault.line_no for fault in page.faults] == [9]


def test_a_file_that_is_being_read_is_followed(administrator: Client) -> None:
    reading, done = make_received(), make_received("REFUSED")

    assert 'data-follow="on"' in administrator.get(page_of(reading)).content.decode()
    assert 'data-follow="off"' in administrator.get(page_of(done)).content.decode()


@pytest.mark.parametrize(("verb", "state"), [("accept", "ACCEPTED"), ("refuse", "REFUSED")])
def test_people_decide_with_a_remark(clerk: Login, file: ReceivedFile, verb: str, state: str) -> None:
    browser = clerk(VIEW, "exchange.change_receivedfile")

    browser.post(page_of(file, verb), {"confirmed": "yes", "remark": ""})
    undecided = ReceivedFile.objects.get(pk=file.pk)
    browser.post(page_of(file, verb), {"confirmed": "yes", "remark": "asked the bank"})

    decided = ReceivedFile.objects.get(pk=file.pk)
    assert undecided.state == "CHECKED"
    assert (decided.state, decided.decision_remark) == (state, "asked the bank")
    assert decided.decided_by is not None
    assert decided.decided_by.username == "clerk"


def test_who_only_looks_decides_nothing(clerk: Login, file: ReceivedFile) -> None:
    browser = clerk(VIEW)

    answer = browser.post(page_of(file, "accept"), {"confirmed": "yes", "remark": "why not"})

    assert answer.status_code == 403
    assert ReceivedFile.objects.get(pk=file.pk).state == "CHECKED"


def test_the_fault_list_opens_in_a_spreadsheet(clerk: Login, file: ReceivedFile) -> None:
    vault.store(queries.fault_list_no(file), [b"line,column\r\n7,msisdn\r\n"])

    answer = clerk(VIEW).get(page_of(file, "faults"))

    assert body(answer) == b"\xef\xbb\xbfline,column\r\n7,msisdn\r\n"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file.name}-faults.csv"'


def test_a_file_without_a_fault_list_says_so(clerk: Login, file: ReceivedFile) -> None:
    answer = clerk(VIEW).get(page_of(file, "faults"), follow=True)

    assert "There is no fault list" in answer.content.decode()


def test_the_kept_file_leaves_for_a_reason_that_is_noted(clerk: Login, file: ReceivedFile) -> None:
    vault.store(file.file_no, [b"as it came"])
    browser = clerk(VIEW, "exchange.download_receivedfile")

    asked = browser.post(page_of(file, "download"), {"reason": ""})
    assert not Disclosure.objects.exists()
    answer = browser.post(page_of(file, "download"), {"reason": "the bank asks about line 7"})

    assert asked.context["form"].errors
    assert body(answer) == b"as it came"
    noted = Disclosure.objects.get()
    assert (noted.subject_type, noted.subject_id) == ("exchange.receivedfile", str(file.pk))
    assert (noted.reason, noted.rows) == ("the bank asks about line 7", 20)


def test_the_kept_file_is_for_those_with_the_right(clerk: Login, file: ReceivedFile) -> None:
    vault.store(file.file_no, [b"as it came"])

    answer = clerk(VIEW).post(page_of(file, "download"), {"reason": "curiosity"})

    assert answer.status_code == 403
    assert not Disclosure.objects.exists()


def test_our_file_taken_out_by_hand_counts_as_delivered(clerk: Login) -> None:
    sent = make_sent(route="HAND")
    vault.store(sent.file_no, [b"corrections"])
    browser = clerk("exchange.view_sentfile", "exchange.download_sentfile")

    answer = browser.post(f"/admin/exchange/sentfile/{sent.pk}/download/", {"reason": "to the province"})

    assert body(answer) == b"corrections"
    assert SentFile.objects.get(pk=sent.pk).state == "DELIVERED"
    assert Disclosure.objects.get().subject_type == "exchange.sentfile"


@pytest.mark.parametrize(
    ("verb", "state"), [("acknowledged", "ACKNOWLEDGED"), ("refused", "FAILED"), ("cancel", "CANCELLED")]
)
def test_the_partners_word_is_noted_with_a_remark(clerk: Login, verb: str, state: str) -> None:
    sent = make_sent("DELIVERED")
    browser = clerk("exchange.view_sentfile", "exchange.change_sentfile")
    address = f"/admin/exchange/sentfile/{sent.pk}/{verb}/"

    browser.post(address, {"confirmed": "yes", "remark": ""})
    before = SentFile.objects.get(pk=sent.pk).state
    browser.post(address, {"confirmed": "yes", "remark": "Ms Li, by telephone"})

    assert before == "DELIVERED"
    assert SentFile.objects.get(pk=sent.pk).state == state


def test_a_header_says_moments_as_they_are_here() -> None:
    section = {"partner_code": "ZJ", "cut_off_at": "2026-11-22T05:00:00+00:00", "file_no": None}

    assert said(FULL, section) == [
        ("Partner's code", "ZJ"),
        ("Cut-off", "2026-11-22 13:00:00"),
        ("File number", None),
    ]
