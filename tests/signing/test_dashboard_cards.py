"""Every figure of the overview is what the list behind it shows, for whoever looks."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signing.flows.daily_figures import refresh
from tests.conftest import Login
from tests.factories import key_pair, make_partner
from tests.plans import statements_sent, tables_read_whole
from tests.signing.factories import (
    make_case,
    make_contract,
    make_session,
    make_transaction,
    the_bank,
    the_province,
)
from tests.signing.flows.test_daily_figures import make_request
from tests.signing.many_rows import BIG, load_many_rows
from unipay import clock
from unipay.approvals.models import Proposal
from unipay.backoffice.models import Posting
from unipay.clock import business_day_start
from unipay.messaging.models import DeliveryAttempt, Line, OutboundMessage
from unipay.models import Heartbeat
from unipay.partners.keys import add_partner_key, own_key
from unipay.partners.models import NumberSegment, OwnKey, Partner, PartnerKey

DAY = date(2026, 3, 2)
NOON = business_day_start(DAY) + timedelta(hours=12)
RIGHTS = (
    "signing.view_manualcase",
    "signing.view_contract",
    "signing.view_signingsession",
    "signing.view_signingtransaction",
    "messaging.view_inboundrequest",
    "messaging.view_outboundmessage",
    "messaging.view_line",
    "partners.view_partner",
    "partners.view_partnerkey",
    "partners.view_ownkey",
    "approvals.view_proposal",
    "django_celery_beat.view_periodictask",
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "_noon")]


@pytest.fixture
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def make_message(state: str, partner: Partner, **fields: Any) -> OutboundMessage:
    usual: dict[str, Any] = {
        "kind": "contract_changed",
        "subject": f"contract:{OutboundMessage.objects.count()}",
        "resource_version": 1,
        "payload": {},
        "created_at": NOON,
        "next_attempt_at": NOON,
        "settled_at": None if state == "PENDING" else NOON,
    }
    return OutboundMessage.objects.create(state=state, partner=partner, **{**usual, **fields})


def a_day_at_the_banks() -> None:
    for place, (bank, channel) in enumerate([("ICBC", "COUNTER"), ("ICBC", "CARRIER"), ("CCB", "CARRIER")]):
        contract = make_contract(
            bank=the_bank(bank), channel=channel, opened_at=NOON, msisdn=f"1380571100{place}"
        )
        make_transaction(contract, occurred_at=NOON)
    make_transaction(contract, "TERMINATED", occurred_at=NOON, version=9, reason="BANK_REQUEST")
    make_transaction(contract, "SIGNED", occurred_at=NOON - timedelta(days=3), version=10)
    endings = [("EXPIRED", 3), ("NOT_SIGNED", 1), ("BANK_REQUEST", 2)]
    for reason, count in endings:
        for _each in range(count):
            make_contract("TERMINATED", end_reason=reason, opened_at=NOON, msisdn="13805712000")
    ended = make_contract("TERMINATED", opened_at=NOON - timedelta(hours=1), msisdn="13805712000")
    make_transaction(ended, occurred_at=NOON - timedelta(days=1))
    make_contract("PROVISIONAL", opened_at=NOON, msisdn="13805712001")
    make_contract("CONTESTED", opened_at=NOON, msisdn="13805712001")
    for state in ("OPENED", "AT_BANK", "FAILED", "EXPIRED", "FAILED"):
        make_session(state, opened_at=NOON)
    make_session("COMPLETED", opened_at=NOON, contract=contract)
    make_session(
        "COMPLETED", opened_at=NOON, contract=make_contract("CONTESTED", opened_at=NOON, channel="CARRIER")
    )
    for code in ("", "", "number_has_contract", "number_has_contract", "bank_closed"):
        make_request(msisdn="13805710001", received_at=NOON, code=code)
    make_request(operation="contracts.amend", msisdn="13805710001", received_at=NOON, code="bank_closed")


def a_day_of_trouble() -> None:
    province, other = the_province(), make_partner("GD", "PROVINCE")
    for state in ("DEAD", "DEAD", "REFUSED", "PENDING"):
        message = make_message(state, province)
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(message=message, number=n, started_at=NOON, latency_ms=4000, outcome="UNANSWERED")
        for n in range(20)
    )
    Line.objects.create(partner=province)
    Line.objects.create(partner=other, failures=5, failing_since=NOON)
    Partner.objects.filter(code="CCB").update(status="CLOSED")
    keyless = make_partner("ABC", key_id="")
    add_partner_key(keyless, "k9", "RSA-SHA256", key_pair("other").public_pem, NOON - timedelta(days=99))
    PartnerKey.objects.filter(key_id="k9").update(valid_until=NOON - timedelta(days=1))
    PartnerKey.objects.filter(partner=other).update(valid_until=NOON + timedelta(days=9))
    OwnKey.objects.filter(pk=own_key("RSA-SHA256", NOON).pk).update(signs_from=NOON - timedelta(days=350))


def cases_and_proposals(me: User) -> None:
    colleague = User.objects.create_user("colleague")
    common = {"standing": None, "contested": None}
    make_case("UNDELIVERABLE", opened_at=NOON - timedelta(days=3), owner=me, **common)
    make_case("UNDELIVERABLE", opened_at=NOON - timedelta(days=4), owner=colleague, **common)
    make_case("UNDELIVERABLE", opened_at=NOON, **common)
    make_case("UNDELIVERABLE", opened_at=NOON, state="CLOSED", **common)
    for place, maker in enumerate([colleague, colleague, me]):
        Proposal.objects.create(
            proposal_no=f"P{place}",
            kind="case_decision",
            subject=f"case:M{place}",
            subject_version="1",
            action="REPLACE",
            reason="STANDING_CONTRACT",
            what={},
            remark="because",
            made_by=maker,
            made_at=NOON,
            expires_at=NOON + timedelta(days=1),
        )


def linked_figures(context: Any) -> Iterator[tuple[str, int, str]]:
    """Everything on the page that says a number and leads somewhere: its title, the number, the address."""
    for card in [*context["pressing"], *context["calm"], *context["today"]["cards"]]:
        if isinstance(card.figure, int):
            yield str(card.title), card.figure, card.link
    for each in [*context["today"]["figures"], *context["fortnight"]["figures"]]:
        yield from _cells(each) if hasattr(each, "rows") else _steps(each)


def _cells(drawing: Any) -> Iterator[tuple[str, int, str]]:
    for label, cells in drawing.rows:
        for series, cell in zip(drawing.chart.series, cells, strict=True):
            yield f"{drawing.chart.title}: {label} {series.name}", cell.figure, cell.link


def _steps(drawn: Any) -> Iterator[tuple[str, int, str]]:
    title = drawn.funnel.title if hasattr(drawn, "funnel") else drawn.ranked.title
    for step in [*(stage.step for stage in drawn.stages), *getattr(drawn, "lost", ())]:
        yield f"{title}: {step.title}", step.figure, step.link


def test_each_figure_leads_to_a_list_of_as_many_rows(clerk: Login) -> None:
    client = clerk(*RIGHTS)
    me = User.objects.get(username="clerk")
    a_day_at_the_banks()
    a_day_of_trouble()
    cases_and_proposals(me)
    refresh(now=NOON)

    found = list(linked_figures(client.get("/admin/").context))
    listed = [(title, client.get(link).context["cl"].result_count, link) for title, _figure, link in found]

    assert listed == found
    assert sum(1 for _title, figure, _link in found if figure) >= 30


def test_the_figures_are_what_happened(clerk: Login) -> None:
    client = clerk(*RIGHTS)
    a_day_at_the_banks()
    a_day_of_trouble()
    cases_and_proposals(User.objects.get(username="clerk"))
    refresh(now=NOON)

    found = {title: figure for title, figure, _link in linked_figures(client.get("/admin/").context)}

    expected = {
        "My cases": 1,
        "Cases overdue": 2,
        "Cases nobody has taken": 1,
        "Proposals waiting for a checker": 2,
        "Messages given up": 2,
        "Messages partners refused": 1,
        "Messages waiting for delivery": 1,
        "Partners that cannot be reached": 1,
        "Partners that answer slowly": 1,
        "Partners closed to new business": 1,
        "Partners without a live key": 1,
        "Partner keys that end within 30 days": 1,
        "Own keys due to be rotated": 1,
        "Contracts signed": 3,
        "Contracts ended": 1,
        "Sessions opened": 7,
        "Requests refused": 4,
        "Contracts signed by bank and channel: ICBC bank counter": 1,
        "Contracts signed by bank and channel: CCB carrier channel": 1,
        "Refusals by reason: The bank takes no new signings at the moment": 2,
        "Carrier channel: from the hall to a contract: consented, sent to the bank": 3,
        "Carrier channel: from the hall to a contract: signed at the bank": 2,
        "Carrier channel: from the hall to a contract: formal contracts": 1,
        "Carrier channel: from the hall to a contract: contested": 1,
        "Bank channel: from the request to a contract: requests to sign": 5,
        "Bank channel: from the request to a contract: provisional contracts": 10,
        "Bank channel: from the request to a contract: formal contracts": 2,
        "Bank channel: from the request to a contract: asked for by the bank": 2,
        "Bank channel: from the request to a contract: contested": 1,
        "Contracts signed and ended: 02-27 signed": 1,
        "Contracts signed and ended: 03-02 signed": 3,
    }
    assert {title: found.get(title) for title in expected} == expected


def test_who_is_posted_to_a_province_sees_its_figures_alone(clerk: Login) -> None:
    client = clerk(*RIGHTS)
    zhejiang, guangdong = the_province(), make_partner("GD", "PROVINCE")
    Posting.objects.create(user=User.objects.get(username="clerk"), province=guangdong)
    for place, province in enumerate([zhejiang, zhejiang, guangdong]):
        contract = make_contract(province=province, msisdn=f"1380571000{place}", opened_at=NOON)
        make_transaction(contract, occurred_at=NOON)
        make_session(province=province, opened_at=NOON)
        make_case("UNDELIVERABLE", standing=None, contested=None, province=province, opened_at=NOON)
        make_message("DEAD", province)
    NumberSegment.objects.create(prefix="1380020", province=guangdong)
    for msisdn in ("13805710001", "13800200001", "13800200002"):
        make_request(msisdn=msisdn, received_at=NOON, code="bank_closed")
    refresh(now=NOON)

    page = client.get("/admin/")
    every = list(linked_figures(page.context))
    found = {title: figure for title, figure, _link in every}
    listed = {link: client.get(link).context["cl"].result_count for _title, _figure, link in every if link}

    assert page.context["provinces"] == ["GD"]
    assert (found["Contracts signed"], found["Sessions opened"]) == (1, 1)
    assert found["Cases nobody has taken"] == 1
    assert found["Contracts signed and ended: 03-02 signed"] == 1
    assert found["Requests refused"] == 2
    assert listed == {link: figure for _title, figure, link in every if link}
    assert not any("inboundrequest" in link for link in listed)


def test_people_see_figures_only_of_lists_they_may_open(clerk: Login) -> None:
    a_day_at_the_banks()
    refresh(now=NOON)

    page = clerk("signing.view_signingsession").get("/admin/")

    links = {link.partition("?")[0] for _title, _figure, link in linked_figures(page.context)}
    assert links == {"/admin/signing/signingsession/"}


def test_figures_that_nobody_refreshes_are_shown_as_old(administrator: Client) -> None:
    refresh(now=NOON - timedelta(minutes=6))

    page = administrator.get("/admin/").content.decode()

    assert "These figures are old: they are as of 2026-03-02 11:54." in page


def test_fresh_figures_say_of_when_they_are(administrator: Client) -> None:
    refresh(now=NOON - timedelta(minutes=1))

    assert "As of 11:59" in administrator.get("/admin/").content.decode()


def test_before_the_first_count_the_page_says_so(administrator: Client) -> None:
    assert "Nothing has been counted yet" in administrator.get("/admin/").content.decode()


def test_just_after_midnight_the_figures_are_those_of_the_new_day(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight = business_day_start(DAY + timedelta(days=1))
    make_transaction(make_contract(), occurred_at=midnight - timedelta(seconds=1))
    refresh(now=midnight - timedelta(seconds=1))
    monkeypatch.setattr(clock, "now", lambda: midnight)

    context = administrator.get("/admin/").context

    signed = context["today"]["cards"][0]
    assert (signed.figure, signed.note) == (0, "yesterday 1")
    assert context["today"]["remarks"][0].text == "As of 23:59"


@pytest.mark.parametrize(
    ("ago", "tone"), [(None, "DANGER"), (timedelta(seconds=61), "DANGER"), (timedelta(seconds=9), "OK")]
)
def test_a_heart_that_stopped_beating_is_urgent(
    administrator: Client, ago: timedelta | None, tone: str
) -> None:
    if ago is not None:
        Heartbeat.objects.create(name="beat", beat_at=NOON - ago)

    context = administrator.get("/admin/").context

    cards = {str(card.title): card for card in [*context["pressing"], *context["calm"]]}
    assert cards["Heartbeat of scheduled work"].tone.name == tone


def test_delivery_that_is_late_is_urgent(administrator: Client) -> None:
    make_message("PENDING", the_province(), next_attempt_at=NOON - timedelta(minutes=3))

    pressing = administrator.get("/admin/").context["pressing"]

    late = next(card for card in pressing if card.title == "Messages waiting for delivery")
    assert (late.figure, late.tone.name, late.note) == (1, "DANGER", "The latest is 180 s late.")


def test_neither_the_page_nor_a_list_behind_it_reads_a_big_table(clerk: Login) -> None:
    client = clerk(*RIGHTS)
    load_many_rows(now=NOON)
    refresh(now=NOON)

    with statements_sent() as sent:
        context = client.get("/admin/").context
        links = {link for _title, figure, link in linked_figures(context) if figure}
        answers = [client.get(link).status_code for link in sorted(links)]

    assert context["today"]["cards"][0].figure == 12 * 3600 // 170
    assert answers == [200] * len(links)
    assert len(links) > 20
    assert tables_read_whole(sent) & BIG == set()


def test_the_page_asks_as_little_on_a_busy_day_as_on_an_empty_one(clerk: Login) -> None:
    client = clerk(*RIGHTS)
    client.get("/admin/")  # the first page after the login asks a little more
    with CaptureQueriesContext(connection) as on_an_empty_day:
        client.get("/admin/")
    a_day_at_the_banks()
    a_day_of_trouble()
    cases_and_proposals(User.objects.get(username="clerk"))
    refresh(now=NOON)

    with CaptureQueriesContext(connection) as on_a_busy_day:
        client.get("/admin/")

    asked = [each["sql"] for each in on_a_busy_day]
    # Sixteen are about the figures, one of them names the banks; the others are about who asks.
    assert len(asked) <= 25, asked
    assert len(asked) <= len(on_an_empty_day) + 1
