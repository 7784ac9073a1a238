"""Manual cases (domain.md A4): what waits for people, overdue first, and one page to see both sides and decide."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from signing.admin.case import filters, finding
from signing.admin.case.bulk import BulkWork
from signing.admin.case.doors import CaseDoors
from signing.admin.case.forms import CommentForm
from signing.admin.case.page import STATE_COLOURS, CasePage
from signing.admin.case.words import NOTHING, moment, person_name, time_left
from signing.admin.columns import our_number, province_title
from signing.admin.contract import SEALED
from signing.case_subjects import named
from signing.models import ManualCase
from signing.states import OVER, CaseState
from unipay import clock, msisdn
from unipay.backoffice.admin import RevealMixin, WindowAdmin, masked_number, state_badge
from unipay.backoffice.admin.saved_filters import SavedFiltersMixin
from unipay.backoffice.subscriber import Subscriber

_SEALED_OF_BOTH = tuple(f"{side}__{field}" for side in ("standing", "contested") for field in SEALED)
_LATEST_FIRST = (CaseState.DECIDED, CaseState.CLOSED, CaseState.WITHDRAWN)


@admin.register(ManualCase)
class ManualCaseAdmin(CaseDoors, SavedFiltersMixin, BulkWork, RevealMixin, WindowAdmin):
    """The queue of cases, and the page of one."""

    province_field = "province"
    list_display = (
        "due",
        "question",
        masked_number,
        "both_banks",
        province_title,
        "owned_by",
        "state_badge",
    )
    list_display_links = ("due", "question")
    list_filter = (
        filters.CaseStateFilter,
        filters.OwnerFilter,
        filters.DueFilter,
        filters.AboutFilter,
        "reason",
        "severity",
    )
    list_select_related = (
        "standing__bank",
        "contested__bank",
        "province",
        "owner",
        "decided_by",
        "approved_by",
    )
    search_by = (("msisdn", msisdn.normalise), ("case_no", our_number("M")))
    search_help_text = _("Mobile number, case, contract, bank's contract, request number or event id")
    list_before_template = "signing/admin/queue_above.html"
    list_after_template = "signing/admin/queue_below.html"
    actions = ("take", "give_back", "assign")
    reveals = (
        "msisdn",
        "standing__account_number",
        "standing__holder_name",
        "standing__identity_no",
        "contested__account_number",
        "contested__holder_name",
        "contested__identity_no",
    )
    revealed_in_files = ("msisdn",)
    state_badge = state_badge(STATE_COLOURS)

    class Media:
        """The page's looks, and the keys of the queue."""

        css = {"all": ("signing/case.css",)}
        js = ("signing/case.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ManualCase]:
        """Leave what is sealed in the contracts sealed."""
        cases: QuerySet[ManualCase] = super().get_queryset(request)
        return cases.select_related(*self.list_select_related).defer(*_SEALED_OF_BOTH)

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """What waits for people by what is due first, what is over by what was due last; all cases as they came."""
        if request.GET.get("state") == "ALL":
            return ("-id",)
        return ("-due_at",) if request.GET.get("state") in _LATEST_FIRST else ("due_at",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find cases by whatever number people have in hand."""
        return (finding.find(queryset, search_term), False) if search_term.strip() else (queryset, False)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the tabs above the queue."""
        tabs = filters.tabs(request, super().get_queryset(request)) if request.method == "GET" else []
        answered: HttpResponse = super().changelist_view(request, {"tabs": tabs, **(extra_context or {})})
        return answered

    @display(description=_("due"), label={"OVERDUE": "danger", "IN_TIME": "info", "OVER": ""})
    def due(self, case: ManualCase) -> tuple[str, str]:
        """Return how long is left, in red once it is late; the time itself once it no longer matters."""
        now = clock.now()
        if case.state == CaseState.DECIDED or case.state in OVER:
            return "OVER", moment(case.due_at)
        return "OVERDUE" if case.due_at < now else "IN_TIME", time_left(case.due_at, now)

    @admin.display(description=_("case"))
    def question(self, case: ManualCase) -> SafeString:
        """Return what the case is about, with its number below."""
        grave = "case-grave" if case.severity == "HIGH" else ""
        matter = named(case.about)
        return format_html(
            '<span class="case-reason {}">{}</span><span class="case-no">{}</span>',
            grave,
            case.get_reason_display(),
            f"{case.case_no} · {matter.title} {matter.number}" if matter else case.case_no,
        )

    @admin.display(description=_("standing / contested at"))
    def both_banks(self, case: ManualCase) -> SafeString:
        """Return the bank of the standing contract above that of the contested one."""
        titles = [side.bank.title if side else NOTHING for side in (case.standing, case.contested)]
        return format_html("{}<br>{}", *titles)

    @admin.display(description=_("owner"))
    def owned_by(self, case: ManualCase) -> str:
        """Return who looks after the case."""
        return person_name(case.owner) if case.owner else NOTHING

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the case to whoever may see it; everything that can be done has an address of its own."""
        case: ManualCase | None = self.get_object(request, unquote(object_id))
        if case is None:
            missing: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return missing
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        page = CasePage(case, request.user, clock.now())
        context = {
            "page": page,
            "title": case.case_no,
            "comment_form": CommentForm(),
            "subscriber_url": Subscriber(case.msisdn).address if case.msisdn else "",
            "may_reveal": self.has_reveal_permission(request, case),
        }
        return self._render(request, "signing/admin/case.html", case, {**context, **(extra_context or {})})
