"""What a party's book says of a number, read strictly: all its contracts, or no answer at all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.partner_server import PartnerServer, Reply
from unipay.errors import TransportFailed, Unanswered
from unipay.partners.gateways import book
from unipay.partners.gateways.book import BookEntry
from unipay.partners.models import Partner

ENTRY: dict[str, Any] = {
    "state": "ACTIVE",
    "bank_code": "ICBC",
    "contract_no": "C-1",
    "bank_contract_no": "B-1",
    "account_mask": "622202*********0128",
    "signed_at": "2026-10-01T08:00:00+08:00",
    "holder": "张三",
}


def ask(partner: Partner) -> tuple[BookEntry, ...]:
    answer = book.ask(book.route(partner), request_no="Q-1", msisdn="13805710001")
    return book.entries(partner, answer)


def test_a_bank_is_asked_by_the_number_alone(bank: Partner, bank_server: PartnerServer) -> None:
    bank_server.always(Reply({"result_code": "0000", "contracts": []}))

    found = ask(bank)

    assert found == ()
    assert bank_server.called[0].path == "/contract-queries"
    assert bank_server.bodies == [{"request_no": "Q-1", "msisdn": "13805710001"}]


def test_every_contract_is_read_in_the_books_own_order(
    province: Partner, province_server: PartnerServer
) -> None:
    ended = {"state": "TERMINATED", "bank_code": "CCB", "ended_at": "2026-09-01T00:00:00Z"}
    province_server.always(Reply({"result_code": "0000", "contracts": [ENTRY, ended]}))

    found = ask(province)

    assert found == (
        BookEntry(
            "ACTIVE", "ICBC", "C-1", "B-1", "622202*********0128", datetime(2026, 10, 1, tzinfo=UTC), None
        ),
        BookEntry("TERMINATED", "CCB", ended_at=datetime(2026, 9, 1, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"result_code": "0000"}, "contracts is not a list of objects"),
        ({"result_code": "0000", "contracts": ["ACTIVE"]}, "contracts is not a list of objects"),
        ({"result_code": "0000", "contracts": [ENTRY] * 51}, "contracts has more than 50 entries"),
        (
            {"result_code": "0000", "contracts": [ENTRY, {**ENTRY, "state": "FINE"}]},
            r"contracts\[1\].state is none of ACTIVE, PENDING, SUSPENDED, TERMINATED",
        ),
        (
            {"result_code": "0000", "contracts": [{**ENTRY, "signed_at": "2026-10-01T08:00:00"}]},
            r"contracts\[0\].signed_at is a moment without an offset",
        ),
        ({"result_code": "4004", "contracts": []}, "the partner does not tell: 4004 not_told"),
        ({"result_code": "5555", "contracts": []}, "leaves the outcome unknown"),
        ({"contracts": []}, "no result code"),
    ],
)
def test_a_book_that_is_not_wholly_told_is_not_told(
    bank: Partner, bank_server: PartnerServer, body: dict[str, Any], detail: str
) -> None:
    bank_server.always(Reply(body))

    with pytest.raises(Unanswered, match=detail):
        ask(bank)


def test_a_partner_without_an_address_is_not_asked(bank: Partner) -> None:
    with pytest.raises(TransportFailed, match="no address"):
        book.route(bank)
