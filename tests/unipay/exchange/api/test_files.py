"""GET /files and what may be asked of one, over the signed wire."""

import hashlib
from typing import Any

import pytest

from tests.partner_client import PartnerClient, is_signed_by_us
from tests.unipay.exchange.factories import YESTERDAY, make_received, make_sent
from unipay.exchange import vault
from unipay.exchange.api import contents
from unipay.exchange.models import FileFault, SentFile
from unipay.exchange.queries import fault_list_no

CONTENT = bytes(range(256)) * 40


def sent(bank: PartnerClient, content: bytes = CONTENT, **fields: Any) -> SentFile:
    """A file of ours that lies in the vault."""
    file = make_sent(partner=bank.partner, **fields)
    stored = vault.store(file.file_no, [content])
    SentFile.objects.filter(pk=file.pk).update(size=stored.size, digest=stored.digest)
    return file


def acknowledge(bank: PartnerClient, file: SentFile, **order: str) -> Any:
    path = f"/api/v1/files/{file.file_no}/acknowledgement"
    return bank.post(path, {"request_no": "A-1", "result": "ACCEPTED", **order})


def test_a_partner_lists_what_we_sent_it_newest_first(bank: PartnerClient, stranger: PartnerClient) -> None:
    first, second = make_sent(partner=bank.partner), make_sent(partner=bank.partner)
    make_sent(partner=stranger.partner)

    page = bank.get("/api/v1/files?limit=1")
    rest = bank.get(f"/api/v1/files?limit=1&cursor={page.json()['next_cursor']}")

    numbers = [answer.json()["results"][0]["file_no"] for answer in (page, rest)]
    assert numbers == [second.file_no, first.file_no]
    assert rest.json()["next_cursor"] is None
    assert page.json()["results"][0]["direction"] == "TO_YOU"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("direction=FROM_YOU", ["F-a", "F-b"]),
        ("direction=FROM_YOU&state=ACCEPTED", ["F-a"]),
        ("direction=FROM_YOU&business_date=2026-11-20", ["F-b"]),
        ("direction=FROM_YOU&kind=bank_contract_increment", []),
        ("kind=bank_discrepancies&business_date=2026-11-21", ["F-c"]),
    ],
)
def test_a_list_is_narrowed(bank: PartnerClient, query: str, found: list[str]) -> None:
    make_received("ACCEPTED", file_no="F-a", partner=bank.partner)
    make_received(file_no="F-b", partner=bank.partner, business_date="2026-11-20")
    make_sent(file_no="F-c", partner=bank.partner, business_date=YESTERDAY)

    answer = bank.get(f"/api/v1/files?{query}")

    assert sorted(row["file_no"] for row in answer.json()["results"]) == found


@pytest.mark.usefixtures("english")
def test_a_partner_reads_what_became_of_its_file(bank: PartnerClient) -> None:
    file = make_received("ACCEPTED", partner=bank.partner, line_count=2, faulty_count=1)
    FileFault.objects.create(file=file, line_no=2, column="msisdn", code="bad_msisdn", excerpt="138****")

    answer = bank.get(f"/api/v1/files/{file.file_no}", headers={"Accept-Language": "en"})

    facts = answer.json()
    assert (facts["state"], facts["line_count"], facts["accepted_count"], facts["faulty_count"]) == (
        "ACCEPTED",
        2,
        1,
        1,
    )
    assert facts["first_faults"] == [
        {
            "line": 2,
            "column": "msisdn",
            "code": "bad_msisdn",
            "detail": "This is not a mobile number of eleven digits.",
            "excerpt": "138****",
        }
    ]


def test_a_refused_file_says_why(bank: PartnerClient) -> None:
    file = make_received("REFUSED", partner=bank.partner, refusal_code="no_trailer", refusal="cut short")

    facts = bank.get(f"/api/v1/files/{file.file_no}").json()

    assert (facts["state"], facts["reason_code"], facts["reason_text"]) == (
        "REFUSED",
        "no_trailer",
        "cut short",
    )


def test_a_partner_fetches_our_file_and_that_delivers_it(bank: PartnerClient) -> None:
    file = sent(bank)

    answer = bank.get(f"/api/v1/files/{file.file_no}/content")

    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200,
        CONTENT,
        "application/octet-stream",
    )
    assert is_signed_by_us(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert SentFile.objects.get().state == "DELIVERED"


@pytest.mark.parametrize(
    ("asked", "first", "last", "state"),
    [
        ("bytes=0-9", 0, 9, "READY"),
        ("bytes=10-19", 10, 19, "READY"),
        ("bytes=10000-", 10000, 10239, "DELIVERED"),
        ("bytes=10000-99999", 10000, 10239, "DELIVERED"),
        ("bytes=-40", 10200, 10239, "DELIVERED"),
    ],
)
def test_a_range_is_signed_by_itself(
    bank: PartnerClient, asked: str, first: int, last: int, state: str
) -> None:
    file = sent(bank)

    answer = bank.get(f"/api/v1/files/{file.file_no}/content", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (206, CONTENT[first : last + 1])
    assert answer["Content-Range"] == f"bytes {first}-{last}/10240"
    assert is_signed_by_us(answer)
    assert SentFile.objects.get().state == state


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=9-8", "bytes=-", "bytes=0-1,5-9", "lines=0-9", "x"])
def test_a_range_the_content_has_not_is_refused(bank: PartnerClient, asked: str) -> None:
    file = sent(bank)

    answer = bank.get(f"/api/v1/files/{file.file_no}/content", headers={"Range": asked})

    assert (answer.status_code, answer.json()["code"]) == (416, "range_unfit")


def test_a_large_content_is_fetched_in_ranges(bank: PartnerClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_BYTES", 4000)
    file, fetched = sent(bank), b""
    path = f"/api/v1/files/{file.file_no}/content"

    whole = bank.get(path)
    while len(fetched) < len(CONTENT):
        fetched += bank.get(path, headers={"Range": f"bytes={len(fetched)}-"}).content

    assert (whole.status_code, whole.json()["code"]) == (422, "range_needed")
    assert hashlib.sha256(fetched).hexdigest() == hashlib.sha256(CONTENT).hexdigest()


def test_a_cancelled_file_is_not_to_be_had(bank: PartnerClient) -> None:
    file = sent(bank)
    file.cancel(now=file.written_at)
    file.save()

    answer = bank.get(f"/api/v1/files/{file.file_no}/content")

    assert (answer.status_code, answer.json()["code"]) == (409, "content_missing")


def test_the_fault_list_is_a_file_a_bank_can_read(bank: PartnerClient) -> None:
    file = make_received("ACCEPTED", partner=bank.partner, line_count=2, faulty_count=1)
    vault.store(fault_list_no(file), [b"line,column,fault,reason,excerpt\r\n"])

    answer = bank.get(f"/api/v1/files/{file.file_no}/faults")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv")
    assert answer.content == b"line,column,fault,reason,excerpt\r\n"
    assert is_signed_by_us(answer)


def test_a_file_without_faults_has_no_list(bank: PartnerClient) -> None:
    file = make_received("ACCEPTED", partner=bank.partner)

    answer = bank.get(f"/api/v1/files/{file.file_no}/faults")

    assert (answer.status_code, answer.json()["code"]) == (409, "faults_not_ready")


def test_an_acknowledgement_settles_a_file_once(bank: PartnerClient) -> None:
    file = make_sent("DELIVERED", partner=bank.partner)

    first, second = acknowledge(bank, file), acknowledge(bank, file)
    contradiction = acknowledge(bank, file, request_no="A-2", result="REFUSED", reason="no")

    assert (first.status_code, first.json()["state"]) == (200, "ACKNOWLEDGED")
    assert (second.json(), second["Idempotent-Replay"]) == (first.json(), "true")
    assert (contradiction.status_code, contradiction.json()["code"]) == (409, "file_settled")
    assert SentFile.objects.get().state == "ACKNOWLEDGED"


def test_a_refusal_of_our_file_says_why(bank: PartnerClient) -> None:
    file = make_sent("DELIVERED", partner=bank.partner)

    silent = acknowledge(bank, file, result="REFUSED")
    refused = acknowledge(bank, file, result="REFUSED", reason="the trailer is wrong")

    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (400, "reason")
    assert (refused.json()["state"], refused.json()["reason_text"]) == ("FAILED", "the trailer is wrong")


def test_nobody_else_learns_of_a_file(bank: PartnerClient, stranger: PartnerClient) -> None:
    ours, theirs = sent(bank), make_received("ACCEPTED", partner=bank.partner, line_count=2, faulty_count=1)

    answers = [
        stranger.get(f"/api/v1/files/{ours.file_no}"),
        stranger.get(f"/api/v1/files/{theirs.file_no}"),
        stranger.get(f"/api/v1/files/{ours.file_no}/content"),
        stranger.get(f"/api/v1/files/{theirs.file_no}/faults"),
        acknowledge(stranger, ours),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "file_not_found")}
    assert SentFile.objects.get().state == "READY"
