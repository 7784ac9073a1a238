"""What people may do about discrepancies, one or many: each row in a transaction of its own, with its own outcome."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reconciliation.errors import DISCREPANCY_FOUND_AGAIN, DISCREPANCY_NOT_OPEN, RUN_NOT_STOPPED
from reconciliation.flows import set_aside
from reconciliation.models import Discrepancy
from reconciliation.states import DiscrepancyState, RunState
from unipay import clock, msisdn
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.deeds import RemarkForm
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.errors import Text

Flow = Callable[..., object]


class SetAside:
    """Hold back, or leave as it is; mixed into the window of discrepancies."""

    def get_urls(self) -> list[URLPattern]:
        """Put what may be done with one before the admin's own addresses."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        doors = (
            ("hold-back", "hold_back_one", self.hold_back_view),
            ("ignore", "ignore_one", self.ignore_view),
        )
        own = [
            path(f"<int:object_id>/{verb}/", site.admin_view(view), name=f"reconciliation_discrepancy_{name}")
            for verb, name, view in doors
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def has_set_aside_permission(self, request: HttpRequest) -> bool:
        """Whether the person sets discrepancies aside at all; which ones, the flow says."""
        return bool(request.user.has_perm("reconciliation.change_discrepancy"))

    @admin.action(description=_("Hold back for the next run …"), permissions=["set_aside"])
    def hold_back(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> HttpResponse | None:
        """Take the chosen discrepancies out of what their run would do."""
        return self._ask(request, queryset, _HOLD_BACK, set_aside.hold_back, _("held back"))

    @admin.action(description=_("Leave as it is …"), permissions=["set_aside"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> HttpResponse | None:
        """Leave the chosen discrepancies as they are, for good."""
        return self._ask(request, queryset, _IGNORE, set_aside.ignore, _("left as it is"))

    def hold_back_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Hold this one back."""
        return self.hold_back(request, self._one(request, object_id))

    def ignore_view(self, request: HttpRequest, object_id: int) -> HttpResponse | None:
        """Leave this one as it is."""
        return self.ignore(request, self._one(request, object_id))

    def _ask(
        self,
        request: HttpRequest,
        queryset: QuerySet[Discrepancy],
        question: Question,
        flow: Flow,
        done: Text,
    ) -> HttpResponse | None:
        def then(rows: list[Any], said: dict[str, Any]) -> HttpResponse:
            def verb(row: Discrepancy) -> object:
                return flow(row.pk, remark=said["remark"], now=clock.now())

            return report_outcomes(self, request, rows, verb=verb, done=done)

        if not queryset.exists():
            raise Http404
        rows = queryset.select_related("run").order_by("id")
        return confirmed_action(self, request, rows, question=question, then=then)

    def _one(self, request: HttpRequest, object_id: int) -> QuerySet[Discrepancy]:
        model_admin: Any = self
        if not (self.has_set_aside_permission(request) and model_admin.has_view_permission(request)):
            raise PermissionDenied
        one: QuerySet[Discrepancy] = model_admin.get_queryset(request).filter(pk=object_id)
        return one


def _if_held_back(row: Discrepancy) -> Preview:
    refusal = _refusal(row, DiscrepancyState.OPEN)
    if refusal:
        return Preview(refusal=refusal)
    return Preview(effects=(_about(row), format_lazy(_("Not done: {}"), row.get_treatment_display())))


def _if_ignored(row: Discrepancy) -> Preview:
    refusal = _refusal(row, DiscrepancyState.OPEN, DiscrepancyState.CARRIED)
    if refusal:
        return Preview(refusal=refusal)
    return Preview(effects=(_about(row), _("Both books stay as they are, and no run takes it up again.")))


def _refusal(row: Discrepancy, *states: str) -> Text:
    if row.state not in states or row.round != row.run.round:
        return format_lazy("{} {}", DISCREPANCY_NOT_OPEN.title, row.get_state_display())
    if row.taken_up_by_id is not None:
        return DISCREPANCY_FOUND_AGAIN.title
    is_moving = row.state == DiscrepancyState.OPEN and row.run.state != RunState.AWAITING_APPROVAL
    return RUN_NOT_STOPPED.title if is_moving else ""


def _about(row: Discrepancy) -> Text:
    number = msisdn.mask(row.msisdn) if row.msisdn else row.bank_contract_no
    return format_lazy("{}: {}", number, row.get_difference_display())


_HOLD_BACK = Question(
    title=_("Hold these discrepancies back?"),
    warning=_("The run does nothing about them. The next one looks at them again."),
    button=_("Hold back"),
    preview=_if_held_back,
    form_class=RemarkForm,
    is_dangerous=False,
)
_IGNORE = Question(
    title=_("Leave these discrepancies as they are?"),
    warning=_("The books go on differing here. That cannot be taken back; a later file may find it anew."),
    button=_("Leave as it is"),
    preview=_if_ignored,
    form_class=RemarkForm,
)
