"""Replays of everything dead of a partner: how far each is, and what became of its messages."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from unipay import clock
from unipay.backoffice.admin import (
    Preview,
    Question,
    WindowAdmin,
    confirmed_action,
    partner_title,
    report_outcomes,
    state_badge,
)
from unipay.messaging import replays
from unipay.messaging.models import ReplayLine, ReplayOutcome, ReplayRun, ReplayState
from unipay.messaging.models.replay import UNFINISHED

MOST_LINES = 100


@admin.register(ReplayRun)
class ReplayRunAdmin(WindowAdmin):
    """What was ordered to be sent again; a page that follows each run while it goes on."""

    empty_text = _(
        "Nothing was replayed yet. “Given up, by partner” on the list of messages starts a replay."
    )
    list_display = (
        "asked_at",
        partner_title("partner", description=_("to")),
        "asked_by",
        "state_badge",
        "total",
        "sent_again",
        "left_alone",
        "finished_at",
    )
    list_filter = ("state", "partner")
    province_field = "partner"
    list_select_related = ("partner", "asked_by")
    state_badge = state_badge(
        {"WAITING": "info", "RUNNING": "info", "FINISHED": "success", "STOPPED": "warning"}
    )
    change_form_template = "messaging/replay_run.html"
    actions_detail = ("stop",)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the run with what was left alone first, and the messages sent again as they stand now."""
        run = self.get_object(request, unquote(object_id))
        lines = ReplayLine.objects.filter(run=run).select_related("message").order_by("-id")
        shown = {
            "left_alone": lines.filter(outcome=ReplayOutcome.LEFT_ALONE)[:MOST_LINES],
            "sent_again": lines.filter(outcome=ReplayOutcome.SENT_AGAIN)[:MOST_LINES],
            "most_lines": MOST_LINES,
        }
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**shown, **(extra_context or {})}
        )
        return response

    @action(description=_("Stop"), icon="stop_circle", permissions=["replay"])
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Leave the rest of the run as it is."""
        run = get_object_or_404(self.get_queryset(request), pk=object_id)

        def then(rows: list[ReplayRun], _given: dict[str, Any]) -> HttpResponse:
            return report_outcomes(
                self, request, rows, verb=lambda each: replays.stop(each, now=clock.now()), done=_("stopped")
            )

        return confirmed_action(self, request, [run], question=STOPPING, then=then)

    def has_replay_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may send messages again may stop sending them, while they are being sent."""
        if not request.user.has_perm("messaging.change_outboundmessage"):
            return False
        if obj is None or not str(obj).isdecimal():
            return obj is None
        return ReplayRun.objects.filter(pk=obj, state__in=UNFINISHED).exists()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who sees messages sees how their replays go."""
        rights = ("messaging.view_replayrun", "messaging.view_outboundmessage")
        return any(request.user.has_perm(right) for right in rights)


def _stop_preview(run: ReplayRun) -> Preview:
    if run.is_over:
        return Preview(refusal=_("The replay is over."))
    if run.state == ReplayState.WAITING:
        return Preview((_("Nothing was sent yet: everything stays given up."),))
    return Preview(
        (
            _("%(count)d messages stay given up.") % {"count": run.total - run.handled},
            _("What was sent again already goes on."),
        )
    )


STOPPING = Question(
    title=_("Stop this replay?"),
    warning="",
    button=_("Stop"),
    preview=_stop_preview,
)
