"""Signing sessions to look at: what became of the subscribers a hall sent to sign. Their links are shown to nobody."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from signing.admin.columns import bank_title, our_number, primary_number, secondary_numbers
from signing.admin.filters import ConsentFilter, FormalFilter
from signing.models import SigningSession
from unipay import msisdn
from unipay.backoffice.admin import (
    RevealMixin,
    WindowAdmin,
    as_json,
    masked_number,
    partner_title,
    state_badge,
)
from unipay.backoffice.admin.day_filter import DayFilter

STATE_COLOURS = {
    "OPENED": "info",
    "AT_BANK": "info",
    "COMPLETED": "success",
    "FAILED": "danger",
    "EXPIRED": "warning",
}


@admin.register(SigningSession)
class SigningSessionAdmin(RevealMixin, WindowAdmin):
    """A session of the carrier channel."""

    list_display = (
        "session_no",
        masked_number,
        partner_title("hall", description=_("hall")),
        bank_title,
        "state_badge",
        "failure_code",
        "opened_at",
        "ended_at",
    )
    list_filter = (DayFilter.on("opened_at", _("day of opening")), "state", ConsentFilter, FormalFilter)
    list_select_related = ("hall", "bank")
    search_by = (("msisdn", msisdn.normalise), ("session_no", our_number("S")))
    search_help_text = _("Whole mobile number or session number")
    state_badge = state_badge(STATE_COLOURS)
    province_field = "province"
    reveals = revealed_in_files = ("msisdn", "secondary_msisdns")
    readonly_fields = ("offered", primary_number, secondary_numbers)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("session_no", "state"),
                    (primary_number, secondary_numbers),
                    ("province", "hall"),
                    ("bank", "contract"),
                    "failure_code",
                )
            },
        ),
        (_("Page"), {"fields": (("return_url", "language"),)}),
        (_("Terms"), {"fields": ("offered",)}),
        (_("Times"), {"fields": (("opened_at", "consented_at"), ("expires_at", "ended_at"))}),
    )

    @admin.display(description=_("what the province allowed"))
    def offered(self, session: SigningSession) -> str:
        """Return the province's offer as the hall passed it on."""
        return as_json(session.offer)
