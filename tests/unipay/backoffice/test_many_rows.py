"""The back office on a centre's worth of rows: no page reads a big table whole, none asks more the more there is."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from billing.models import Bill
from signing.models import Contract, ManualCase
from tests.plans import statements_sent, tables_read_whole
from tests.signing.many_rows import BIG, load_many_rows
from unipay.messaging.models import InboundRequest, OutboundMessage

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MOST_STATEMENTS = 40
NUMBER = "13800000100"

LISTS = (
    "",
    "signing/contract/",
    "signing/contract/?state__exact=ACTIVE",
    f"signing/contract/?q={NUMBER}",
    "signing/contract/?q=B100",
    "signing/manualcase/",
    "signing/manualcase/?state=CLOSED",
    "signing/manualcase/?reason__exact=UNDELIVERABLE",
    "signing/manualcase/?state=ALL",
    "signing/manualcase/?state=PROPOSED",
    "signing/manualcase/?state=DECIDED",
    "signing/manualcase/?owner=me",
    "signing/manualcase/?owner=nobody",
    "signing/manualcase/?due=overdue",
    f"signing/manualcase/?q={NUMBER}",
    "signing/manualcase/?q=B100",
    "signing/manualcase/?q=R100",
    "signing/manualcase/?q=5cd5e457-7a84-412d-9997-dde74a6797d6",
    "signing/signingsession/",
    "signing/signingsession/?state__exact=EXPIRED",
    f"signing/signingsession/?q={NUMBER}",
    "signing/signingtransaction/",
    "signing/signingtransaction/?kind__exact=SIGNED",
    f"signing/signingtransaction/?q={NUMBER}",
    "messaging/inboundrequest/",
    "messaging/inboundrequest/?state__exact=DONE",
    "messaging/inboundrequest/?q=R100",
    "messaging/outboundmessage/",
    "messaging/outboundmessage/?state__exact=DEAD",
    "messaging/outboundmessage/?state__exact=PENDING",
    f"messaging/outboundmessage/?q={NUMBER}",
    "approvals/proposal/",
    "billing/bill/",
    "billing/bill/?state__exact=DUE",
    f"billing/bill/?q={NUMBER}",
    "billing/recharge/",
    "billing/recharge/?needs=credit",
    f"billing/recharge/?q={NUMBER}",
    "billing/debitrun/",
    "billing/debitrun/?needs=overdue",
    "billing/debitrun/calendar/",
    "billing/debititem/",
    "billing/debitreturn/",
    "billing/journalentry/",
    "billing/trialbalance/",
    "billing/settlementterms/report/",
)
ONE_OF_EACH = {
    "billing/bill": Bill,
    "signing/contract": Contract,
    "signing/manualcase": ManualCase,
    "messaging/inboundrequest": InboundRequest,
    "messaging/outboundmessage": OutboundMessage,
}

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def many_rows() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        load_many_rows(now=NOW)
        yield


@pytest.mark.usefixtures("many_rows")
def test_no_page_reads_a_big_table_whole_or_asks_row_by_row(administrator: Client) -> None:
    rows = {name: model.objects.order_by("-id")[77].pk for name, model in ONE_OF_EACH.items()}
    addresses = [*LISTS, *(f"{name}/{pk}/change/" for name, pk in rows.items())]
    administrator.get("/admin/")  # what is read once by a process is read

    statuses, counts, whole = {}, {}, {}
    for address in addresses:
        with statements_sent() as sent:
            statuses[address] = administrator.get(f"/admin/{address}").status_code
        counts[address] = len(sent)
        whole[address] = tables_read_whole(sent) & BIG

    assert {address: status for address, status in statuses.items() if status != 200} == {}
    assert {address: found for address, found in whole.items() if found} == {}
    assert {address: count for address, count in counts.items() if count > MOST_STATEMENTS} == {}
