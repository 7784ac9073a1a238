"""How the back office looks and where its menu leads; imported by the settings."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unipay.errors import Text

# Each group of the menu: its title, then models with their icons. What nobody registered, or what the person may
# not see, is left out. A page beside a model's list has its address and title, too.
MENU = (
    (
        gettext_lazy("Signing"),
        (
            ("signing.manualcase", "gavel"),
            ("approvals.proposal", "approval"),
            ("signing.contract", "contract"),
            ("signing.signingsession", "tab_move"),
            ("signing.signingtransaction", "history_edu"),
        ),
    ),
    (
        gettext_lazy("Money"),
        (
            ("billing.bill", "receipt"),
            ("billing.recharge", "payments"),
            ("billing.debitrun", "event_repeat"),
            ("billing.debititem", "request_quote"),
            ("billing.debitreturn", "assignment_returned"),
            ("billing.mandate", "assignment_ind"),
            ("billing.arrangement", "handshake"),
            (
                "billing.debitrun",
                "calendar_view_month",
                "billing_debitrun_calendar",
                gettext_lazy("Debit calendar"),
            ),
            ("billing.debitdate", "calendar_month"),
            ("billing.debitcap", "vertical_align_top"),
            ("billing.failurerule", "rule"),
        ),
    ),
    (
        gettext_lazy("Books"),
        (
            ("billing.trialbalance", "balance"),
            ("billing.chartline", "account_tree"),
            ("billing.journalentry", "menu_book"),
            ("billing.reconciledday", "event_available"),
            (
                "billing.settlementterms",
                "summarize",
                "billing_settlementterms_report",
                gettext_lazy("Settlement report"),
            ),
            ("billing.settlementterms", "receipt_long"),
        ),
    ),
    (
        gettext_lazy("Reconciliation"),
        (
            ("reconciliation.run", "balance"),
            ("reconciliation.discrepancy", "difference"),
            ("reconciliation.treatmentrule", "healing"),
            ("reconciliation.guard", "shield"),
        ),
    ),
    (
        gettext_lazy("Files"),
        (
            ("exchange.receivedfile", "file_download"),
            ("exchange.sentfile", "file_upload"),
            ("exchange.expectedfile", "event_available"),
            ("exchange.filelayout", "table_rows"),
            ("exchange.fileexpectation", "event_repeat"),
            ("exchange.directory", "folder_shared"),
            ("exchange.envelopekey", "encrypted"),
        ),
    ),
    (
        gettext_lazy("Messages"),
        (
            ("messaging.inboundrequest", "call_received"),
            ("messaging.outboundmessage", "outgoing_mail"),
            ("messaging.line", "lan"),
            ("messaging.replayrun", "restart_alt"),
        ),
    ),
    (
        gettext_lazy("Partners"),
        (
            ("partners.partner", "handshake"),
            ("partners.maintenancewindow", "construction"),
            ("partners.partnerkey", "key"),
            ("partners.ownkey", "vpn_key"),
            ("partners.resultcode", "rule"),
            ("partners.legalbank", "account_balance"),
            ("partners.numbersegment", "dialpad"),
            ("partners.portednumber", "move_up"),
        ),
    ),
    (
        gettext_lazy("Operations"),
        (
            ("django_celery_beat.periodictask", "calendar_clock"),
            ("approvals.approvalrule", "rule_settings"),
            ("signing.caseservicelevel", "timer"),
            ("auth.user", "person"),
            ("auth.group", "groups"),
            ("axes.accessattempt", "lock_person"),
            ("axes.accesslog", "login"),
            ("axes.accessfailurelog", "no_accounts"),
            ("backoffice.accountevent", "manage_accounts"),
            ("backoffice.breakglass", "e911_emergency"),
            ("backoffice.disclosure", "visibility"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu of this person."""
    registered = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    groups = []
    for title, models in MENU:
        pages = [(registered[label], *rest) for label, *rest in models if label in registered]
        items = [_item(page, *rest) for page, *rest in pages if page.has_view_or_change_permission(request)]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    overview = {"title": _("Overview"), "icon": "dashboard", "link": reverse_lazy("admin:index")}
    return [{"items": [overview]}, *groups]


def environment(request: HttpRequest) -> list[str] | None:
    """Return the badge that warns that nothing here is real."""
    if settings.UNIPAY_SANDBOX:
        return [_("Sandbox"), "warning"]
    return [_("Development"), "info"] if settings.DEBUG else None


def mark(request: HttpRequest) -> str:
    """Return the address of Unipay's mark."""
    return static("backoffice/mark.svg")


def stylesheet(request: HttpRequest) -> str:
    """Return the address of what we add to Unfold's looks."""
    return static("backoffice/backoffice.css")


def _item(page: Any, icon: str, view: str = "", title: Text = "") -> dict[str, Any]:
    options = page.opts
    link = reverse_lazy(f"admin:{view or f'{options.app_label}_{options.model_name}_changelist'}")
    return {"title": title or capfirst(options.verbose_name_plural), "icon": icon, "link": link}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": gettext_lazy("Unipay back office"),
    "SITE_HEADER": "Unipay",
    "SITE_SUBHEADER": gettext_lazy("Unified payment centre"),
    "SITE_SYMBOL": "account_balance_wallet",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": mark}],
    "STYLES": [
        stylesheet,
        lambda request: static("backoffice/operations.css"),
        lambda request: static("backoffice/account.css"),
        lambda request: static("backoffice/subscriber.css"),
    ],
    "SCRIPTS": [lambda request: static("backoffice/accessible.js")],
    "SITE_URL": None,
    "DASHBOARD_CALLBACK": "unipay.backoffice.dashboard_page.add_dashboard",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "ENVIRONMENT": "unipay.backoffice.unfold.environment",
    "ENVIRONMENT_TITLE_PREFIX": None,
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.6)",
            "100": "oklch(93.2% .032 255.6)",
            "200": "oklch(88.2% .059 254.1)",
            "300": "oklch(80.9% .105 251.8)",
            "400": "oklch(70.7% .165 254.6)",
            "500": "oklch(62.3% .214 259.8)",
            "600": "oklch(54.6% .245 262.9)",
            "700": "oklch(48.8% .243 264.4)",
            "800": "oklch(42.4% .199 265.6)",
            "900": "oklch(37.9% .146 265.5)",
            "950": "oklch(28.2% .091 267.9)",
        },
    },
    "ACCOUNT": {
        "navigation": [
            {"title": gettext_lazy("My account"), "link": reverse_lazy("admin:account")},
            {"title": gettext_lazy("Change password"), "link": reverse_lazy("admin:password_change")},
        ]
    },
    "SIDEBAR": {"navigation": navigation},
}
