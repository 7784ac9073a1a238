"""The lines to partners, and the order to send again everything dead of one."""

from functools import partial
from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from unipay import clock
from unipay.backoffice.admin import Preview, Question, WindowAdmin, confirmed_action, partner_title
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal, Text
from unipay.messaging import replays, tasks
from unipay.messaging.admin.filters import LineConditionFilter
from unipay.messaging.models import Line, MessageState, OutboundMessage


@admin.register(Line)
class LineAdmin(WindowAdmin):
    """The line to each partner: failing since when, resting until when."""

    empty_text = _("A line appears with the first message to a partner.")
    list_display = (
        partner_title("partner", description=_("to")),
        "failures",
        "failing_since",
        "rests_until",
        "held_until",
    )
    list_filter = (LineConditionFilter,)
    list_select_related = ("partner",)
    ordering = ("-failures", "partner_id")
    actions_row = actions_detail = ("replay_dead",)

    @action(
        description=_("Send everything dead again"),
        icon="restart_alt",
        url_path="replay-dead",
        permissions=["replay"],
    )
    def replay_dead(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Show how much was given up for the partner; confirmed, order a replay and show how it goes."""
        lines = within_provinces(Line.objects.select_related("partner"), request.user, "partner")
        line = get_object_or_404(lines, pk=object_id)
        return confirmed_action(
            self, request, [line], question=REPLAYING, then=lambda *_given: self._started(request, line)
        )

    def has_replay_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may send messages again may send all of a partner again."""
        return bool(request.user.has_perm("messaging.change_outboundmessage"))

    def _started(self, request: HttpRequest, line: Line) -> HttpResponse:
        try:
            with transaction.atomic():
                run = replays.start(line.partner, by_id=cast("int", request.user.pk), now=clock.now())
                transaction.on_commit(partial(tasks.wake_replay, run.pk), robust=True)
        except Refusal as refusal:
            messages.warning(request, reason_of(refusal))
            return HttpResponseRedirect(reverse("admin:messaging_outboundmessage_given_up"))
        return HttpResponseRedirect(reverse("admin:messaging_replayrun_change", args=[run.pk]))


def _replay_preview(line: Line) -> Preview:
    try:
        replays.refuse_starting(line.partner)
    except Refusal as refusal:
        return Preview(refusal=reason_of(refusal))
    dead = OutboundMessage.objects.filter(partner=line.partner, state=MessageState.DEAD)
    effects: list[Text] = [
        _("%(count)d messages that were given up are sent again, in the order they were promised.")
        % {"count": dead.count()},
        _("They keep their event ids and versions: what the partner knows already, it drops."),
    ]
    if line.failures:
        effects.append(_("The line is still failing: they may be given up once more."))
    return Preview(tuple(effects))


REPLAYING = Question(
    title=_("Send everything dead of this partner again?"),
    warning=_("What was sent cannot be called back. A worker does it; the next page shows how far it is."),
    button=_("Send all of it again"),
    preview=_replay_preview,
    is_dangerous=False,
)
