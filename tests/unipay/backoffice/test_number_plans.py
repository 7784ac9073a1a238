"""On tables of a working size nothing about a number, and no search, reads a table from beginning to end."""

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.conftest import Login
from tests.factories import make_partner, make_province
from tests.plans import statements_sent, tables_read_whole
from tests.signing.factories import NOW, make_case, make_contract, make_session, make_transaction, the_hall
from tests.unipay.messaging.factories import make_message, make_request
from unipay import check_digit
from unipay.backoffice.models import Disclosure, Posting
from unipay.backoffice.subscriber import seal

ROWS = 10_000
NUMBER = "13800009999"
BIG = (
    "signing_contract",
    "signing_manualcase",
    "signing_signingsession",
    "signing_signingtransaction",
    "messaging_inboundrequest",
    "messaging_outboundmessage",
    "backoffice_disclosure",
)
# The columns that tell one copy from another; everything else is as in the row that is copied.
UNIQUE = {
    "contract_no": "'C-' || n",
    "bank_contract_no": "'B-' || n",
    "case_no": "'M-' || n",
    "cause": "'cause ' || n",
    "session_no": "'S-' || n",
    "link_token": "'token ' || n",
    "transaction_no": "'T-' || n",
    "version": "1 + n",
    "request_no": "'R-' || n",
    "event_id": "md5(n::text)::uuid",
    "msisdn": "'139' || lpad(n::text, 8, '0')",
}
RIGHTS = (
    "signing.view_contract",
    "signing.view_manualcase",
    "signing.view_signingsession",
    "signing.view_signingtransaction",
    "messaging.view_inboundrequest",
    "messaging.view_outboundmessage",
    "backoffice.view_disclosure",
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def _many_rows() -> None:
    """Everything signing and messaging keep, ROWS times, spread over numbers, banks and provinces."""
    for place in range(12):
        make_partner(f"BANK{place}", key_id="")
        make_partner(f"PROVINCE{place}", "PROVINCE", key_id="")
    contract = make_contract("TERMINATED", msisdn="13800000000")
    make_case(state="CLOSED", standing=contract, contested=None, msisdn=contract.msisdn)
    make_session("FAILED", msisdn=contract.msisdn)
    make_transaction(contract)
    make_request(the_hall(), msisdn=contract.msisdn, request_no="first")
    make_message(the_hall(), "DELIVERED", msisdn=contract.msisdn)
    Disclosure.objects.create(
        person=User.objects.create(username="curious"),
        at=NOW,
        subject_type="signing.contract",
        subject=contract.contract_no,
        msisdn=contract.msisdn,
        fields=["msisdn"],
        reason="asked for",
    )
    for table in BIG:
        _multiply(table)


def _multiply(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        copied = [f'"{column}"' for column in columns if column != "id"]
        values = [_value(table, column) for column in columns if column != "id"]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(copied)}) SELECT {', '.join(values)}"
            f" FROM (SELECT * FROM {table} LIMIT 1) AS row, generate_series(1, {ROWS}) AS n"
        )
        cursor.execute(f"ANALYZE {table}")


def _value(table: str, column: str) -> str:
    kinds = {"bank_id": "BANK", "province_id": "PROVINCE", "partner_id": "BANK"}
    if column in kinds:
        return (
            f"(SELECT array_agg(id) FROM partners_partner WHERE kind = '{kinds[column]}')"
            f"[1 + n % (SELECT count(*) FROM partners_partner WHERE kind = '{kinds[column]}')]"
        )
    if (table, column) == ("signing_signingtransaction", "contract_id"):
        return "(SELECT min(id) FROM signing_contract) + n"
    return UNIQUE.get(column, f'"{column}"')


@pytest.mark.usefixtures("_many_rows")
@pytest.mark.parametrize("is_bound", [False, True], ids=["of no province", "of one province"])
def test_nothing_about_a_number_and_no_search_reads_a_big_table_whole(clerk: Login, is_bound: bool) -> None:
    client = clerk(*RIGHTS)
    home = make_province("HOME", prefix="1380000", key_id="")
    if is_bound:
        Posting.objects.create(user=User.objects.get(username="clerk"), province=home)
    typed = {
        "number": NUMBER,
        "contract": check_digit.new_number("C"),
        "case": check_digit.new_number("M"),
        "session": check_digit.new_number("S"),
        "transaction": check_digit.new_number("T"),
        "bank's or request number": "B-77",
        "event": str(uuid.uuid4()),
    }
    questions: dict[str, Callable[[], object]] = {
        "page": lambda: client.get(f"/admin/subscriber/{seal(NUMBER)}/"),
        **{
            f"search by {what}": lambda term=term: client.post("/admin/find/", {"term": term})
            for what, term in typed.items()
        },
        **{
            f"list {path}": lambda path=path: client.get(f"/admin/{path}/?number={seal(NUMBER)}")
            for path in (
                "signing/contract",
                "signing/manualcase",
                "signing/signingsession",
                "signing/signingtransaction",
                "messaging/inboundrequest",
                "messaging/outboundmessage",
                "backoffice/disclosure",
            )
        },
    }

    read_whole = {name: _read_whole(question) for name, question in questions.items()}

    assert read_whole == dict.fromkeys(questions, set())


def _read_whole(question: Callable[[], object]) -> set[str]:
    with statements_sent() as statements:
        question()
    return tables_read_whole(statements) & set(BIG)
