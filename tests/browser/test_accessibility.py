"""What people who do not see the page, or cannot use a mouse, need of it; on a desk's screen and on a tablet."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask
from playwright.sync_api import Page
from psycopg2.extras import DateTimeTZRange
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Phone
from tests.factories import make_province
from tests.reconciliation.factories import make_discrepancy, make_run
from tests.signing.factories import make_case, the_bank
from tests.unipay.messaging.admin.test_messages import make_message
from unipay import clock
from unipay.backoffice.subscriber import seal
from unipay.messaging.models import Line, OutboundMessage
from unipay.partners.keys import own_key
from unipay.partners.models import MaintenanceWindow
from unipay.partners.queries import meaning
from unipay.partners.reference import load_result_codes

HERE = Path(__file__).parent
CHECKS = [(HERE / name).read_text() for name in ("accessibility.js", "contrast.js")]
TABLET, DESK = {"width": 820, "height": 1180}, {"width": 1280, "height": 800}
MOST_TABS = 40

# One page of each kind: what is the same in all lists is looked at once.
PAGES = (
    "",
    "signing/manualcase/",
    "signing/contract/",
    "signing/contract/export/?state__exact=ACTIVE",
    "find/",
    "subscriber/{number}/",
    "subscriber/{number}/reveal/",
    "messaging/outboundmessage/?state__exact=DEAD",
    "messaging/outboundmessage/?q=13800000000",
    "messaging/outboundmessage/{message}/change/",
    "messaging/outboundmessage/given-up/",
    "messaging/line/{province}/replay-dead/",
    "messaging/replayrun/",
    "partners/partner/",
    "partners/partner/add/",
    "partners/partner/{bank}/change/",
    "partners/partner/{bank}/history/",
    "partners/partner/{bank}/add_key/",
    "partners/partner/{bank}/suspend/",
    "partners/maintenancewindow/",
    "partners/maintenancewindow/add/",
    "partners/ownkey/rotate/",
    "partners/resultcode/unmapped/",
    "partners/resultcode/try/?partner={bank}&direction=ANSWER&code=0000",
    "partners/numbersegment/import/",
    "partners/numbersegment/export/",
    "django_celery_beat/periodictask/",
    "django_celery_beat/periodictask/{task}/run-now/",
    "auth/user/",
    "reconciliation/run/",
    "reconciliation/run/{run}/change/",
    "reconciliation/run/{run}/proceed/",
    "reconciliation/run/month/",
    "reconciliation/discrepancy/",
    "reconciliation/discrepancy/{discrepancy}/change/",
    "reconciliation/treatmentrule/",
    "reconciliation/guard/",
)

# Each page's main action, by the words on it, and where it is.
ACTIONS = (
    ("partners/partner/{bank}/suspend/", "Suspend: accept nothing"),
    ("messaging/line/{province}/replay-dead/", "Send all of it again"),
    ("partners/ownkey/rotate/", "Make and publish the next key"),
    ("django_celery_beat/periodictask/{task}/run-now/", "Run now"),
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def rows(settings: Any) -> dict[str, Any]:
    """Something on every page, and the numbers its addresses need."""
    settings.LANGUAGE_CODE = "en"
    make_case()
    bank, province = the_bank(), make_province("GD", prefix="1380020")
    load_result_codes()
    own_key("RSA-SHA256", bank.created_at)
    call_command("sync_schedule")
    Line.objects.create(partner=province, failures=4)
    make_message(province, "DEAD", msisdn="13805710001")
    now = clock.now()
    MaintenanceWindow.objects.create(
        partner=bank, period=DateTimeTZRange(now, now + timedelta(hours=1)), remark="upgrade"
    )
    meaning(bank, "ANSWER", "query_signing", "E9")
    task = PeriodicTask.objects.get(name="api.prune_nonces")
    message = OutboundMessage.objects.get(state="DEAD")
    numbers = {"bank": bank.pk, "province": province.pk, "message": message.pk, "task": task.pk}
    run = make_run()
    discrepancy = make_discrepancy(run, "DIFFERS")
    numbers |= {"run": run.pk, "discrepancy": discrepancy.pk}
    return {**numbers, "number": seal("13805710001")}


@pytest.fixture
def page(phone: Phone, live_server: LiveServer, rows: dict[str, Any], settings: Any) -> Iterator[Page]:
    settings.UNIPAY_REQUIRE_TWO_FACTOR = False
    User.objects.create_superuser("root", password="secret-of-root")
    context = phone.context.browser.new_context(base_url=live_server.url, viewport=DESK, locale="en")  # type: ignore[union-attr]
    page = context.new_page()
    page.goto("/admin/")
    page.fill("[name=username]", "root")
    page.fill("[name=password]", "secret-of-root")
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    yield page
    context.close()


@pytest.mark.parametrize("screen", [DESK, TABLET], ids=["desk", "tablet"])
def test_every_kind_of_page_can_be_heard_read_and_held(
    page: Page, rows: dict[str, Any], screen: dict[str, int]
) -> None:
    page.set_viewport_size(screen)  # type: ignore[arg-type]
    faults = {}
    for address in PAGES:
        page.goto(f"/admin/{address.format(**rows)}", wait_until="networkidle")
        found = [fault for check in CHECKS for fault in page.evaluate(check)]
        if found:
            faults[address] = found

    assert faults == {}


@pytest.mark.parametrize(("address", "action"), ACTIONS)
def test_the_main_action_is_reached_by_the_tab_key_and_seen_to_be(
    page: Page, rows: dict[str, Any], address: str, action: str
) -> None:
    page.goto(f"/admin/{address.format(**rows)}", wait_until="networkidle")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")

    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").strip() == action:
            break

    style = page.evaluate(
        "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
        "(getComputedStyle(document.activeElement))"
    )
    assert skip == "Skip to the content"
    assert page.evaluate("document.activeElement.innerText").strip() == action
    assert style == ["solid", "2px"]


def test_a_tooltip_less_button_would_be_found(page: Page) -> None:
    page.set_content(
        '<html lang="en"><main><h1>x</h1><button></button><input><p style="color:#aaa">pale</p></main>'
    )

    faults = [fault for check in CHECKS for fault in page.evaluate(check)]

    assert [fault.partition(":")[0] for fault in faults] == ["no label", "no name", "contrast 2.32"]
