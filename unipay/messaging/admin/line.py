"""The lines to partners."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from unipay.backoffice.admin import WindowAdmin, partner_title
from unipay.messaging.models import Line


@admin.register(Line)
class LineAdmin(WindowAdmin):
    """The line to each partner: failing since when, resting until when."""

    list_display = (
        partner_title("partner", description=_("to")),
        "failures",
        "failing_since",
        "rests_until",
        "held_until",
    )
    list_select_related = ("partner",)
    ordering = ("-failures", "partner_id")
