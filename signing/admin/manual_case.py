"""Manual cases (domain.md A4): what waits for people, overdue first, and one page to see both sides and decide."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from signing.admin.columns import our_number, province_title
from signing.admin.comparison import compare
from signing.admin.contract import SEALED
from signing.admin.decision_form import DecisionForm
from signing.flows import manual_case
from signing.models import CaseEvidence, ManualCase
from signing.states import CaseState, Decision
from unipay import clock, msisdn
from unipay.backoffice.admin import WindowAdmin, masked_json, masked_number, state_badge
from unipay.errors import Refusal

_SEALED_OF_BOTH = tuple(f"{side}__{field}" for side in ("standing", "contested") for field in SEALED)
_MESSAGE_COLOURS = {
    "PENDING": "info",
    "DELIVERED": "success",
    "REFUSED": "warning",
    "DEAD": "danger",
    "CANCELLED": "",
}


class CaseStateFilter(admin.SimpleListFilter):
    """The open cases, unless others are asked for or a number is searched: there is no list of all there ever were."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states."""
        return list(CaseState.choices)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Offer the states; open is chosen where nothing was."""
        searched = bool(changelist.query)
        chosen = self.value() or ("" if searched else CaseState.OPEN)
        for state, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: state})
            yield {"selected": state == chosen, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the cases of the state."""
        if self.value() in CaseState.values:
            return queryset.filter(state=self.value())
        return queryset if request.GET.get("q") else queryset.filter(state=CaseState.OPEN)


@admin.register(ManualCase)
class ManualCaseAdmin(WindowAdmin):
    """The cases, and the page of one: both contracts side by side, the evidence, the obligations, the decisions."""

    list_display = (
        "due",
        "case_no",
        "state_badge",
        "reason",
        "severity_badge",
        masked_number,
        "both_banks",
        province_title,
    )
    list_display_links = ("due", "case_no")
    list_filter = (CaseStateFilter, "reason", "severity")
    list_select_related = ("standing__bank", "contested__bank", "province")
    search_by = (("msisdn", msisdn.normalise), ("case_no", our_number("M")))
    search_help_text = gettext_lazy("Whole mobile number or case number")
    severity_badge = state_badge(
        {"HIGH": "danger", "NORMAL": "warning", "LOW": "info"},
        field="severity",
        description=gettext_lazy("severity"),
    )
    state_badge = state_badge({"OPEN": "warning", "DECIDED": "info", "CLOSED": "success"})

    def get_queryset(self, request: HttpRequest) -> QuerySet[ManualCase]:
        """Leave what is sealed in the contracts sealed."""
        cases: QuerySet[ManualCase] = super().get_queryset(request)
        return cases.select_related(*self.list_select_related, "owner", "decided_by").defer(*_SEALED_OF_BOTH)

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Open cases by what is due first, others by what was due last."""
        asked_for = request.GET.get(CaseStateFilter.parameter_name)
        return ("-due_at",) if asked_for in (CaseState.DECIDED, CaseState.CLOSED) else ("due_at",)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the person may decide cases."""
        allowed: bool = request.user.has_perm("signing.decide_manualcase")
        return allowed

    @display(description=gettext_lazy("due"), label={"OVERDUE": "danger", "IN_TIME": "info"})
    def due(self, case: ManualCase) -> tuple[str, str]:
        """Return when the case is due, in red once it is late."""
        return (
            "OVERDUE" if _is_overdue(case, clock.now()) else "IN_TIME",
            f"{localtime(case.due_at):%Y-%m-%d %H:%M}",
        )

    @admin.display(description=gettext_lazy("standing / contested at"))
    def both_banks(self, case: ManualCase) -> SafeString:
        """Return the bank of the standing contract above that of the contested one."""
        titles = [side.bank.title if side else "—" for side in (case.standing, case.contested)]
        return format_html("{}<br>{}", *titles)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the case to whoever may see it, and take the decision of whoever may decide."""
        case: ManualCase | None = self.get_object(request, unquote(object_id))
        if case is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        if request.method == "POST":
            return self._decided(request, case)
        form = DecisionForm(possible=manual_case.decisions_possible(case))
        return self._case_page(request, case, form, extra_context)

    def _decided(self, request: HttpRequest, case: ManualCase) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        form = DecisionForm(request.POST, possible=manual_case.decisions_possible(case))
        if not form.is_valid():
            return self._case_page(request, case, form)
        self._decide(request, case, Decision(form.cleaned_data["decision"]), form.cleaned_data["remark"])
        return HttpResponseRedirect(request.path)

    def _decide(self, request: HttpRequest, case: ManualCase, decision: Decision, remark: str) -> None:
        try:
            manual_case.decide(
                case.case_no, decision=decision, remark=remark, decided_by_id=request.user.pk, now=clock.now()
            )
        except Refusal as refusal:
            messages.error(request, str(refusal.reason.title))
            return
        self.log_change(request, case, f"{decision.label}: {remark}")
        messages.success(request, _("Decided: %(decision)s.") % {"decision": decision.label})

    def _case_page(
        self,
        request: HttpRequest,
        case: ManualCase,
        form: DecisionForm,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": case,
            "object": case,
            "change": True,
            "title": case.case_no,
            "subtitle": None,
            "is_overdue": _is_overdue(case, clock.now()),
            "lines": compare(case.standing, case.contested),
            "evidence": [(piece, masked_json(piece.facts)) for piece in _evidence_of(case)],
            "obligations": [
                (owed, _MESSAGE_COLOURS.get(owed.message.state, ""))
                for owed in case.obligations.select_related("message__partner").order_by("id")
            ],
            "form": form,
            "may_decide": self.has_decide_permission(request),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "signing/admin/case.html", context)


def _is_overdue(case: ManualCase, now: datetime) -> bool:
    return case.state == CaseState.OPEN and case.due_at < now


def _evidence_of(case: ManualCase) -> QuerySet[CaseEvidence]:
    return case.evidence.select_related("partner").order_by("received_at", "id")
