"""Who saw whose personal data, for auditors."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay import msisdn
from unipay.backoffice.admin.display import masked_number
from unipay.backoffice.admin.window import WindowAdmin
from unipay.backoffice.disclosure import field_title, record_title
from unipay.backoffice.models import Disclosure
from unipay.backoffice.subscriber import Cell, Part, Section, Subscriber, register

MOST_ROWS = 8


@admin.register(Disclosure)
class DisclosureAdmin(WindowAdmin):
    """The disclosures, newest first; found by number or by person."""

    list_display = ("at", "person", masked_number, "what", "fields_shown", "rows", "reason")
    list_select_related = ("person",)
    search_by = (("msisdn", msisdn.normalise), ("person__username", str))
    search_help_text = _("Whole mobile number or user name")
    fieldsets = (
        (None, {"fields": (("at", "person"), ("what", masked_number), "reason")}),
        (_("What was shown"), {"fields": (("fields_shown", "rows"), "request_id")}),
    )
    readonly_fields = ("what", "fields_shown", masked_number)

    @admin.display(description=_("record"))
    def what(self, disclosure: Disclosure) -> SafeString:
        """Return the kind of record above its name."""
        return format_html("{}<br>{}", record_title(disclosure.subject_type), disclosure.subject)

    @admin.display(description=_("what was shown"))
    def fields_shown(self, disclosure: Disclosure) -> str:
        """Return the fields by the names staff know."""
        return _titles(disclosure)

    def has_reveal_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What was shown once is not shown again here."""
        return False


def looks_at(subscriber: Subscriber) -> Part:
    """Return who last saw personal data of the number."""
    seen = Disclosure.objects.filter(msisdn=subscriber.msisdn).select_related("person").order_by("-id")
    return Part(rows=[_row(each) for each in seen[:MOST_ROWS]], more=subscriber.list_of(Disclosure))


def _row(disclosure: Disclosure) -> list[Cell]:
    address = reverse("admin:backoffice_disclosure_change", args=(disclosure.pk,))
    return [
        Cell(f"{localtime(disclosure.at):%Y-%m-%d %H:%M}", disclosure.subject, address=address),
        Cell(str(disclosure.person)),
        Cell(_titles(disclosure)),
        Cell(disclosure.reason),
    ]


def _titles(disclosure: Disclosure) -> str:
    return ", ".join(field_title(disclosure.subject_type, field) for field in disclosure.fields)


register(
    Section(
        "disclosures",
        _("disclosures of personal data"),
        90,
        "backoffice.view_disclosure",
        looks_at,
        _("Nobody has looked at personal data of this number."),
        icon="visibility",
        headers=(pgettext_lazy("time", "disclosed"), _("person"), _("what was shown"), _("reason")),
    )
)
