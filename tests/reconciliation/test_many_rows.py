"""The windows on a year of discrepancies: no page reads the table whole, none asks more the more there is."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from reconciliation.flows import run_figures
from reconciliation.models import Discrepancy
from tests.plans import statements_sent, tables_read_whole
from tests.reconciliation.many_rows import BIG, load_many_rows
from unipay.backoffice.subscriber import seal

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MOST_STATEMENTS = 40
NUMBER = "13800000100"
LIST = "reconciliation/discrepancy/"

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_no_page_reads_the_discrepancies_whole(administrator: Client) -> None:
    with time_machine.travel(NOW, tick=True):
        run = load_many_rows(now=NOW)[20]
        row = Discrepancy.objects.filter(run=run)[7]
        addresses = [
            "",
            LIST,
            f"{LIST}?q={NUMBER}",
            f"{LIST}?number={seal(NUMBER)}",
            f"{LIST}?run={run.run_no}",
            f"{LIST}?run={run.run_no}&difference=DIFFERS",
            f"{LIST}?run={run.run_no}&state=CARRIED",
            f"{LIST}?run={run.run_no}&province={row.province_id}",
            f"{LIST}?needs=carried",
            f"{LIST}?needs=unanswered",
            f"{LIST}?day=2026-11-19",
            f"{LIST}{row.pk}/change/",
            "reconciliation/run/",
            "reconciliation/run/month/",
            f"reconciliation/run/{run.pk}/change/",
        ]
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


def test_counting_a_run_reads_that_run_only() -> None:
    run = load_many_rows(now=NOW)[20]

    with statements_sent() as sent:
        run_figures.count_run(run.pk, now=NOW)

    assert tables_read_whole(sent) & BIG == set()
