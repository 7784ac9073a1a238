"""The chapters of the demo against a running Unipay and sandbox, over HTTP."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connections
from pytest_django.live_server_helper import LiveServer

from billing.flows import take_up_debits
from tests.chart import chart
from tests.neutral_layouts import neutral_layouts
from unipay.clock import now
from unipay.exchange.flows import check
from unipay.exchange.models import ReceivedFile
from unipay.messaging import claims, delivery
from unipay.sandbox.arrangements import arrange
from unipay.sandbox.demo import changes, mishaps, money, reconciling, signings
from unipay.sandbox.demo.findings import Chapter, Findings
from unipay.sandbox.demo.story import ANNOUNCEMENTS, ANSWERS_OF_PROVINCE, chapters
from unipay.sandbox.onboarding import connect, hand_out, make_keys, players
from unipay.signatures import Algorithm

__all__ = ["chart", "neutral_layouts"]

QUICK_ANSWERS = [row for row in ANSWERS_OF_PROVINCE if row[0] not in ("9011", "9012")]


@pytest.fixture
def centre(
    live_server: LiveServer, settings: Any, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> LiveServer:
    """Unipay and the sandbox on one address, with every simulated partner connected.

    The server's threads live as long as somebody's HTTP connection to them; their database connections must not.
    """
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    settings.UNIPAY_PUBLIC_URL = settings.UNIPAY_SANDBOX_URL = live_server.url
    call_command("load_reference", verbosity=0)
    wanted = [
        player if player.code == "ICBC" else replace(player, algorithm=Algorithm.SM2_SM3)
        for player in players()
    ]
    for player, key in zip(wanted, make_keys(wanted), strict=True):
        hand_out(connect(player, key, now=now()))
    return live_server


def tell(*told: Chapter) -> list[tuple[str, str, str]]:
    """What was otherwise than expected, of what shows at once; nothing delivers messages here."""
    findings = Findings()
    for chapter in told:
        chapter(findings)
    assert findings.found
    return [(f.step, f.expected, f.seen) for f in findings.found if not f.is_as_expected]


def test_signings_over_both_channels_and_duplicates_come_out_as_told(centre: LiveServer) -> None:
    otherwise = tell(
        signings.signed_at_counter,
        signings.signed_over_hall,
        signings.signed_over_hall_told_by_us,
        signings.account_check_failed,
        signings.two_banks_at_once,
        signings.overtaken_by_another_bank,
        signings.overtaken_by_its_number,
        signings.second_bank_refused,
    )

    assert otherwise == []


def test_changes_and_number_events_come_out_as_told(centre: LiveServer) -> None:
    otherwise = tell(
        changes.amended,
        changes.terminated_by_bank,
        changes.terminated_by_province,
        changes.number_event("NUMBER_CLOSED"),
        changes.number_event("OWNERSHIP_TRANSFERRED"),
        changes.number_event("NUMBER_RECYCLED"),
    )

    assert otherwise == []


def test_every_answer_of_a_province_comes_out_as_told(centre: LiveServer) -> None:
    told = [mishaps.asked_of_province(e, step=s, expected=x) for e, s, x in QUICK_ANSWERS]

    assert tell(*told) == []


def test_every_announcement_of_a_bank_comes_out_as_told(centre: LiveServer) -> None:
    told = [mishaps.announced(e, step=s, expected=x, then=t) for e, s, x, t in ANNOUNCEMENTS]

    assert (
        tell(
            *told,
            mishaps.announced_late_but_in_time,
            mishaps.announced_too_late,
            mishaps.request_number_reused,
        )
        == []
    )


@pytest.mark.parametrize("count", [0, 300])
def test_a_story_of_any_length_has_every_kind_of_chapter(count: int) -> None:
    told = list(chapters(count))

    assert len(told) > 40
    assert signings.account_check_failed in told
    assert changes.amended in told


def test_without_a_running_unipay_the_demo_says_how_to_start_it(settings: Any) -> None:
    settings.UNIPAY_PUBLIC_URL = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match="start Unipay with `make run` first"):
        call_command("demo")


def test_three_books_agree_in_the_end(centre: LiveServer) -> None:
    import_module("unipay.exchange.migrations.0003_ship_neutral_layouts").ship(apps, None)
    findings = Findings()

    reconciling.three_books(findings, work=as_a_worker)

    assert [(f.step, f.expected, f.seen) for f in findings.found if not f.is_as_expected] == []


def test_money_moves_as_told(centre: LiveServer, chart: None, neutral_layouts: None) -> None:
    arrange(now=now())
    findings = Findings()

    for chapter in (
        money.recharged,
        money.refused,
        money.spent,
        money.batch_debit(work=as_a_worker),
        money.offline_collection(work=as_a_worker),
    ):
        chapter(findings)
    as_a_worker()
    findings.settle(patience_seconds=1)

    assert [(f.step, f.expected, f.seen) for f in findings.found if not f.is_as_expected] == []


def as_a_worker() -> None:
    """Deliver what is due and read what came."""
    while due := claims.partners_with_due_messages(now=now()):
        for partner_id in due:
            delivery.deliver_due(partner_id=partner_id, clock=now)
    for pk in ReceivedFile.objects.filter(state="RECEIVED").values_list("pk", flat=True):
        check.check(pk, now=now)
    for run_no in take_up_debits.waiting(now=now()):
        take_up_debits.take_up(run_no, now=now)
    while due := claims.partners_with_due_messages(now=now()):
        for partner_id in due:
            delivery.deliver_due(partner_id=partner_id, clock=now)
