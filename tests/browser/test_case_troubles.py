"""Where a duplicate does not go its easy way (domain.md A4): events overtake the proposal, a bank cannot be told, and a
clerk of another province looks for the case."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from signing.flows import manual_case
from signing.flows.manual_case import Evidence
from signing.models import ManualCase
from tests.browser.office import Desk, hire, seat
from tests.signing.factories import fresh, make_case, make_contract
from tests.town import Town
from unipay import clock
from unipay.approvals.models import Proposal
from unipay.messaging.models import OutboundMessage
from unipay.partners.models import Partner

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Seat = Callable[..., Desk]


@pytest.fixture
def desk(town: Town, chromium: Browser) -> Seat:
    """Seat somebody with a role at a desk of their own, in a browser that speaks Chinese."""

    def at(username: str, role: str, *, province: str = "") -> Desk:
        context = chromium.new_context(
            base_url=town.url, viewport={"width": 1280, "height": 900}, locale="zh-CN"
        )
        return seat(hire(username, role, province=province), context)

    return at


def make_duplicate(town: Town) -> ManualCase:
    """ICBC's contract stands, CCB announced another one."""
    bank, other = town.partner("ICBC"), town.partner("CCB")
    standing = make_contract(bank=bank, province=town.partner("ZJ"))
    contested = make_contract("CONTESTED", bank=other, province=town.partner("ZJ"), contested_with=standing)
    due_at = clock.now() + timedelta(hours=3)
    return make_case(standing=standing, contested=contested, province=town.partner("ZJ"), due_at=due_at)


def propose(clerk: Desk, decision: str) -> None:
    """From the queue to the proposal, as a clerk goes."""
    clerk.open("signing/manualcase/")
    clerk.page.locator("#result_list tbody a").first.click()
    clerk.page.locator(f"[data-decision={decision}]").click()
    clerk.page.fill("[name=remark]", "客户来电确认")
    clerk.page.locator(".case-form [type=submit]").click()
    clerk.page.wait_for_load_state("networkidle")


def approve(supervisor: Desk, case: ManualCase) -> None:
    supervisor.open(f"signing/manualcase/{case.pk}/change/")
    supervisor.page.fill("#check-remark", "已核对双方凭证")
    supervisor.page.locator("[formaction$='/approve/']").click()
    supervisor.page.wait_for_load_state("networkidle")


def in_hours(hours: int) -> datetime:
    return clock.now() + timedelta(hours=hours)


def test_a_proposal_that_events_overtook_is_refused_and_the_case_open_again(town: Town, desk: Seat) -> None:
    case = make_duplicate(town)
    clerk, supervisor = desk("clerk", "customer_service"), desk("supervisor", "supervisor")
    propose(clerk, "KEEP_STANDING")
    supervisor.open(f"signing/manualcase/{case.pk}/change/")
    supervisor.page.fill("#check-remark", "同意")

    manual_case.add_evidence(case, [Evidence(facts={"bank_contract_no": "another"})], now=clock.now())
    supervisor.page.locator("[formaction$='/approve/']").click()
    supervisor.page.wait_for_load_state("networkidle")

    assert (Proposal.objects.get().state, fresh(case).state) == ("STALE", "OPEN")
    assert fresh(case).contested.state == "CONTESTED"
    expect(supervisor.page.locator("body")).to_contain_text("情况已变化")


def test_a_case_whose_bank_cannot_be_told_comes_back_to_the_queue(town: Town, desk: Seat) -> None:
    case = make_duplicate(town)
    clerk, supervisor = desk("clerk", "customer_service"), desk("supervisor", "supervisor")
    propose(clerk, "KEEP_STANDING")
    approve(supervisor, case)
    Partner.objects.filter(code="CCB").update(base_url="http://127.0.0.1:9")

    for hours in range(7, 500, 7):
        town.deliver(at=partial(in_hours, hours))
    clerk.open(f"signing/manualcase/{case.pk}/change/")

    assert (fresh(case).state, OutboundMessage.objects.get(partner__code="CCB").state) == ("OPEN", "DEAD")
    assert "CCB" in fresh(case).came_back
    expect(clerk.page.locator("#decide")).to_be_visible()


def test_a_clerk_of_one_province_does_not_see_anothers_numbers(town: Town, desk: Seat) -> None:
    case = make_duplicate(town)
    at_home = desk("zhejiang", "customer_service", province="ZJ")
    away = desk("jiangsu", "customer_service", province="JS")

    for person in (at_home, away):
        person.open("signing/manualcase/")
    seen = [person.page.get_by_text(case.case_no).count() for person in (at_home, away)]
    away.open(f"signing/manualcase/{case.pk}/change/")

    assert seen == [1, 0]
    expect(away.page.locator("#decide")).to_have_count(0)
    assert case.case_no not in away.page.content()
