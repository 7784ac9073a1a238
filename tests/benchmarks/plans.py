"""Whether what is asked on every request finds its rows by an index: the plans PostgreSQL makes for the very statements
the code sends, on tables of a working centre's size."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from signing.models import Contract, SigningSession, SigningTransaction
from signing.queries import contracts_seen_by, standing_contract_on
from tests.benchmarks import orders
from tests.benchmarks.report import Finding
from unipay import clock
from unipay.api.pagination import page_of
from unipay.messaging import claims, inbox, queries
from unipay.messaging.inbox import Answer, Envelope
from unipay.messaging.models import InboundRequest, OutboundMessage
from unipay.partners.models import Partner
from unipay.partners.queries import home_province

LARGE = 10_000
_PLACE = orders.PROVISIONAL + 1


@dataclass(frozen=True)
class Statement:
    """What was sent to the database."""

    sql: str
    parameters: Any


def measure() -> list[Finding]:
    """Carry each question out, and have what it sent explained."""
    large = _large_tables()
    rows = []
    for name, question in _questions().items():
        with _sent() as statements, transaction.atomic():
            question()
            transaction.set_rollback(True)
        nodes = [node for statement in statements for node in _scans(_plan(statement))]
        touching = [node for node in nodes if node["Relation Name"] in large]
        scanned = any(node["Node Type"] == "Seq Scan" for node in touching)
        ways = ", ".join(dict.fromkeys(_way(node) for node in touching))
        verdict = "by index" if touching else "tables stay small"
        rows.append([name, "SCANS THE TABLE" if scanned else verdict, ways])
    return [
        Finding(
            "How PostgreSQL finds the rows",
            ["question", "", "plan"],
            rows,
            [f"Tables: {', '.join(f'{table} {count:,}' for table, count in large.items())}."],
        )
    ]


def _questions() -> dict[str, Callable[[], object]]:
    now = clock.now()
    bank = Partner.objects.get(code=orders.bank_of(_PLACE))
    province = Partner.objects.filter(kind="PROVINCE").order_by("code").first()
    assert province is not None
    mine = contracts_seen_by(bank)
    number, msisdn = orders.contract_no(_PLACE), orders.msisdn(_PLACE)
    page = {"limit": 50}
    return {
        "contract by contract_no": lambda: mine.filter(contract_no=number).first(),
        "contracts of a bank by msisdn": lambda: page_of(mine.filter(msisdn=msisdn), page),
        "contracts of a bank by its own number": lambda: page_of(
            mine.filter(bank_contract_no="B000000061234"), page
        ),
        "contracts of a bank, a page": lambda: page_of(mine, page),
        "contracts of a province, a page": lambda: page_of(contracts_seen_by(province), page),
        "contract by account": lambda: Contract.objects.filter(account_index="0" * 64).first(),
        "who holds the number": lambda: standing_contract_on([msisdn]),
        "overdue provisional contracts": lambda: list(
            Contract.objects.filter(state="PROVISIONAL", expires_at__lte=now).order_by("expires_at")[:100]
        ),
        "inbox: request known?": lambda: inbox.answer_once(_envelope(bank), lambda: Answer(200, {})),
        "inbox by msisdn": lambda: list(
            InboundRequest.objects.filter(msisdn=msisdn).order_by("-received_at")[:50]
        ),
        "outbox: claim": lambda: claims.claim(province.pk, limit=32, lease=timedelta(seconds=60), now=now),
        "outbox: anything due?": lambda: claims.anything_due(province.pk, now=now),
        "outbox: whom to wake (sweep)": lambda: claims.partners_with_due_messages(now=now),
        "outbox: lag (readyz)": lambda: queries.outbox_lag_seconds(now=now),
        "outbox by msisdn": lambda: list(OutboundMessage.objects.filter(msisdn=msisdn).order_by("-id")[:50]),
        "session by link": lambda: SigningSession.objects.filter(link_token="no such token").first(),
        "session by session_no": lambda: SigningSession.objects.filter(
            session_no="S-none", hall=bank
        ).first(),
        "journal of a bank's day": lambda: list(
            SigningTransaction.objects.filter(bank=bank, business_date=now.date()).order_by("id")[:100]
        ),
        "home province of a number": lambda: home_province(msisdn),
    }


def _envelope(bank: Partner) -> Envelope:
    return Envelope(
        partner=bank,
        request_no="X-never-seen",
        operation="signing_results.create",
        digest="0" * 64,
        key_id="k1",
        signature="",
        request_id="",
        body="",
        msisdn="",
        now=clock.now(),
    )


def _large_tables() -> dict[str, int]:
    """Tables with so many rows that reading them whole is a fault."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %s ORDER BY 1",
            [LARGE],
        )
        return dict(cursor.fetchall())


@contextmanager
def _sent() -> Iterator[list[Statement]]:
    """Collect the statements that ask or change rows."""
    statements: list[Statement] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        # Where two statements are sent at once, the last one is the question.
        last = sql.strip().rstrip(";").rpartition(";")
        skipped = last[0].count("%s")
        left = parameters[skipped:] if isinstance(parameters, tuple | list) else parameters
        if last[2].split()[0] in ("SELECT", "UPDATE"):
            statements.append(Statement(last[2], left))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _plan(statement: Statement) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.parameters)
        (said,) = cursor.fetchone()
    plan: dict[str, Any] = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return plan


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes that read a table, with the index a bitmap was made of."""
    if "Relation Name" in node and node["Node Type"] != "ModifyTable":
        inner = [each.get("Index Name") for each in node.get("Plans", []) if each.get("Index Name")]
        yield {"Index Name": ", ".join(inner), **node}
    for each in node.get("Plans", []):
        yield from _scans(each)


def _way(node: dict[str, Any]) -> str:
    return f"{node['Node Type']} {node['Index Name'] or node['Relation Name']}"
