"""What stands about a number in the books of Unipay and its partners, read past every program."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.crash.database import Database

_CONTRACTS = "SELECT msisdn, state FROM signing_contract WHERE msisdn = ANY(%s) ORDER BY id"
_JOURNAL = "SELECT msisdn, kind FROM signing_signingtransaction WHERE msisdn = ANY(%s) ORDER BY id"
_MESSAGES = """
    SELECT m.msisdn, concat_ws(' ', p.kind, m.kind, m.payload->>'change', m.state)
    FROM messaging_outboundmessage m JOIN partners_partner p ON p.id = m.partner_id
    WHERE m.msisdn = ANY(%s) ORDER BY m.id
"""
_PROVINCE = """
    SELECT msisdn, state FROM sandbox_sandboxcontract
    WHERE role = 'PROVINCE' AND msisdn = ANY(%s) ORDER BY id
"""
_SMS = "SELECT msisdn, text FROM sandbox_sandboxsms WHERE msisdn = ANY(%s) ORDER BY id"


@dataclass
class Books:
    """One number: its contracts, the journal, the messages we promised, its province's contracts and SMS."""

    contracts: list[str] = field(default_factory=list)
    journal: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    province: list[str] = field(default_factory=list)
    sms: int = 0


def books_of(database: Database, msisdns: Iterable[str]) -> dict[str, Books]:
    """What the books say of these numbers."""
    books = {msisdn: Books() for msisdn in msisdns}
    for name, question in (
        ("contracts", _CONTRACTS),
        ("journal", _JOURNAL),
        ("messages", _MESSAGES),
        ("province", _PROVINCE),
    ):
        for msisdn, entry in database.rows(question, list(books)):
            getattr(books[msisdn], name).append(entry)
    for msisdn, _text in database.rows(_SMS, list(books)):
        books[msisdn].sms += 1
    return books


def inbox_of(database: Database, msisdns: Iterable[str]) -> dict[tuple[str, str], list[int | None]]:
    """The statuses that stand in the inbox under every partner and request number that ends in one of these numbers."""
    kept: dict[tuple[str, str], list[int | None]] = {}
    for partner, request_no, status in database.rows(
        "SELECT p.code, i.request_no, i.status FROM messaging_inboundrequest i"
        " JOIN partners_partner p ON p.id = i.partner_id WHERE right(i.request_no, 11) = ANY(%s)",
        list(msisdns),
    ):
        kept.setdefault((partner, request_no), []).append(status)
    return kept


@dataclass(frozen=True)
class Sent:
    """A message we promised: its state, the attempts that were noted, and how long it took to settle it."""

    event_id: str
    state: str
    attempts: int
    seconds: float | None


def sent_about(database: Database, msisdn: str) -> list[Sent]:
    """The messages about a number in the order they were promised."""
    rows = database.rows(
        "SELECT m.event_id::text, m.state, count(a.id), extract(epoch FROM m.settled_at - m.created_at)::float"
        " FROM messaging_outboundmessage m LEFT JOIN messaging_deliveryattempt a ON a.message_id = m.id"
        " WHERE m.msisdn = %s GROUP BY m.id ORDER BY m.id",
        msisdn,
    )
    return [Sent(*row) for row in rows]


def received(database: Database, event_id: str) -> list[tuple[Any, ...]]:
    """Whether the partner took each arrival of an event for a repetition, and the status it answered with."""
    return database.rows(
        "SELECT is_repeat, status FROM sandbox_sandboxmessage WHERE event_id = %s ORDER BY id", event_id
    )
