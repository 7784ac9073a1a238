"""What can be done to many cases of the queue at once: each in a transaction of its own, with its own outcome."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from signing.admin.case.forms import AssigneeForm
from signing.admin.case.words import person_name
from signing.flows import case_work
from signing.models import ManualCase
from signing.states import OVER
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.errors import Text


class BulkWork:
    """Take, return and hand over the chosen cases; mixed into the queue."""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the person decides cases, and so may take them."""
        return bool(request.user.has_perm("signing.decide_manualcase"))

    def has_assign_permission(self, request: HttpRequest) -> bool:
        """Whether the person gives cases to others."""
        return bool(request.user.has_perm("signing.assign_manualcase"))

    @admin.action(description=_("Take"), permissions=["decide"])
    def take(self, request: HttpRequest, queryset: QuerySet[ManualCase]) -> HttpResponse:
        """Make the chosen cases one's own."""
        by_id: Any = request.user.pk
        return report_outcomes(
            self,
            request,
            queryset,
            verb=lambda case: case_work.take(case.case_no, by_id=by_id),
            done=_("taken"),
        )

    @admin.action(description=_("Return to the team"), permissions=["decide"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[ManualCase]) -> HttpResponse:
        """Give one's own among the chosen cases back to the team."""
        by_id: Any = request.user.pk
        return report_outcomes(
            self,
            request,
            queryset,
            verb=lambda case: case_work.give_back(case.case_no, by_id=by_id),
            done=_("returned to the team"),
        )

    @admin.action(description=_("Hand over to …"), permissions=["assign"])
    def assign(self, request: HttpRequest, queryset: QuerySet[ManualCase]) -> HttpResponse | None:
        """Ask to whom, then hand the chosen cases over."""

        def then(rows: list[Any], said: dict[str, Any]) -> HttpResponse:
            to_id = said["person"].pk
            done = format_lazy(_("handed over to {name}"), name=person_name(said["person"]))
            return report_outcomes(
                self,
                request,
                rows,
                verb=lambda case: case_work.assign(case.case_no, to_id=to_id),
                done=done,
            )

        return confirmed_action(self, request, queryset, question=_HAND_OVER, then=then)


def _would_do(case: ManualCase) -> Preview:
    if case.state in OVER:
        return Preview(refusal=case.get_state_display())
    effects: tuple[Text, ...] = (case.get_reason_display(),)
    if case.owner is not None:
        effects = (*effects, format_lazy(_("now with {name}"), name=person_name(case.owner)))
    return Preview(effects=effects)


_HAND_OVER = Question(
    title=_("Hand these cases over?"),
    warning=_("Whoever gets them finds them under “My cases”. It can be changed again at any time."),
    button=_("Hand over"),
    preview=_would_do,
    form_class=AssigneeForm,
    is_dangerous=False,
)
