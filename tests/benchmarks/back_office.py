"""What people wait for in the back office of a working centre: its lists beside the same lists as a plain admin draws
them, the overview, a case, a search; how many statements a page sends, and whether any reads a big table whole."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from signing.flows import daily_figures
from signing.models import Contract, ManualCase
from tests.benchmarks import orders
from tests.benchmarks.report import Finding
from tests.plans import statements_sent, tables_read_whole
from unipay import clock
from unipay.messaging.models import InboundRequest, OutboundMessage
from unipay.urls import urlpatterns as our_urlpatterns

LARGE = {model._meta.db_table for model in (Contract, ManualCase, InboundRequest, OutboundMessage)} | {
    "signing_heldnumber",
    "signing_signingsession",
    "signing_signingtransaction",
}
_LISTED = (
    "signing.contract",
    "signing.manualcase",
    "signing.signingsession",
    "signing.signingtransaction",
    "messaging.inboundrequest",
    "messaging.outboundmessage",
)

plain_site = UnfoldAdminSite(name="plain")
urlpatterns = [*our_urlpatterns]


@dataclass(frozen=True)
class Page:
    """One page, and the page a plain admin would draw instead, where it has one."""

    name: str
    address: str
    plain: str = ""


def measure(rounds: str) -> list[Finding]:
    """Open every page so many times, ours and the plain one in turn, and compare the medians."""
    call_command("collectstatic", interactive=False, verbosity=0)
    _register_plain_lists()
    daily_figures.refresh(now=clock.now())
    counted = _timed(lambda: daily_figures.refresh(now=clock.now()))
    with override_settings(ROOT_URLCONF=__name__):
        browser = Client(headers={"X-Forwarded-Proto": "https", "Host": "127.0.0.1"})
        browser.force_login(get_user_model().objects.create_superuser("bench"))
        rows = [_row(page, browser, rounds=int(rounds)) for page in _pages()]
    return [
        Finding(
            "The back office, one page at a time in one process",
            ["page", "ms", "plain admin ms", "plain / ours", "statements", "big tables"],
            rows,
            [
                f"Medians of {rounds} rounds, in turn. The plain admin (unfold) lists the same columns of the same rows"
                ", newest first, as Django draws lists by default: it counts the table for its pages.",
                f"The figures of the overview are counted apart, every minute; that took {counted:.0f} ms.",
            ],
        )
    ]


def _register_plain_lists() -> None:
    """The same columns, as far as they are fields, on Django's own list."""
    for model, ours in admin.site._registry.items():
        if model._meta.label_lower in _LISTED:
            fields = {field.name for field in model._meta.fields}
            shown = [each for each in ours.list_display if each in fields]
            related = ours.list_select_related or ()
            plain_site.register(
                model,
                type("Plain", (ModelAdmin,), {"list_display": shown, "list_select_related": related}),
            )
    urlpatterns.append(path("plain/", plain_site.urls))


def _pages() -> list[Page]:
    number = orders.msisdn(orders.PROVISIONAL + 1)
    case = ManualCase.objects.filter(state="OPEN").order_by("due_at")[3]
    lists = [
        Page(label, f"/admin/{label.replace('.', '/')}/", f"/plain/{label.replace('.', '/')}/")
        for label in _LISTED
    ]
    return [
        Page("overview", "/admin/"),
        *lists,
        Page("contracts of a number", f"/admin/signing/contract/?q={number}"),
        Page("cases of a number", f"/admin/signing/manualcase/?q={number}"),
        Page("closed cases", "/admin/signing/manualcase/?state=CLOSED"),
        Page("one case", f"/admin/signing/manualcase/{case.pk}/change/"),
        Page("one contract", f"/admin/signing/contract/{case.standing_id}/change/"),
    ]


def _row(page: Page, browser: Client, *, rounds: int) -> list[str]:
    with statements_sent() as sent:
        _opened(browser, page.address)
    whole = sorted(tables_read_whole(sent) & LARGE)
    ours, plain = [], []
    for _ in range(rounds):
        ours.append(_timed(lambda: _opened(browser, page.address)))
        if page.plain:
            plain.append(_timed(lambda: _opened(browser, page.plain)))
    times = [f"{median(plain):.0f}", f"{median(plain) / median(ours):.1f}"] if plain else ["", ""]
    verdict = f"READS WHOLE: {', '.join(whole)}" if whole else "by index"
    return [page.name, f"{median(ours):.0f}", *times, str(len(sent)), verdict]


def _opened(browser: Client, address: str) -> None:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")


def _timed(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return 1000 * (time.perf_counter() - started)
