"""The checker's queue: what others propose, approved or refused one by one or many at once, each with a remark."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action

from unipay import check_digit, clock
from unipay.approvals import proposals
from unipay.approvals.admin.forms import RemarkForm
from unipay.approvals.errors import PROPOSAL_SETTLED
from unipay.approvals.kinds import kind_named
from unipay.approvals.models import Proposal, ProposalState
from unipay.backoffice.admin import WindowAdmin, partner_title, state_badge
from unipay.backoffice.admin.confirmation import Preview, Question, confirmed_action
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.errors import Text

_SETTLED = [state for state in ProposalState if state != ProposalState.PENDING]


def our_number(term: str) -> str:
    """Read a proposal number as people type it; raises ValueError for anything else."""
    return check_digit.validate(term, "P")


class ProposalStateFilter(admin.SimpleListFilter):
    """What waits for this person, unless others are asked for: one's own proposals are for somebody else."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what waits for me, what I wait for, and the states."""
        mine = [("FOR_ME", _("waiting for me")), ("MINE", _("mine, waiting"))]
        return [*mine, *((str(state), state.label) for state in _SETTLED)]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Offer them; what waits for me is chosen where nothing was."""
        chosen = self.value() or ("" if changelist.query else "FOR_ME")
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == chosen, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the proposals chosen."""
        value = self.value() or ("" if request.GET.get("q") else "FOR_ME")
        waiting = queryset.filter(state=ProposalState.PENDING)
        if value == "FOR_ME":
            return waiting.exclude(made_by=request.user.pk)
        if value == "MINE":
            return waiting.filter(made_by=request.user.pk)
        return queryset.filter(state=value) if value in _SETTLED else queryset


@admin.register(Proposal)
class ProposalAdmin(WindowAdmin):
    """Proposals to look at, to approve and to refuse; whoever made one may take it back."""

    province_field = "province"
    list_display = (
        "made_at",
        "wish",
        "about",
        partner_title("province", description=_("province")),
        "made_by",
        "remark",
        "expires_at",
        "state_badge",
    )
    list_display_links = ("made_at", "wish")
    list_filter = (ProposalStateFilter,)
    list_select_related = ("made_by", "checked_by", "province")
    search_by = (("proposal_no", our_number), ("subject", str))
    search_help_text = _("Whole proposal number, or what it is about")
    actions = ("approve", "refuse")
    actions_detail = ("approve_one", "refuse_one", "withdraw_one")
    state_badge = state_badge(
        {
            "PENDING": "warning",
            "APPROVED": "success",
            "REFUSED": "danger",
            "WITHDRAWN": "primary",
            "EXPIRED": "primary",
            "STALE": "primary",
        }
    )
    readonly_fields = ("wish", "about")
    fieldsets = (
        (None, {"fields": (("wish", "about"), ("proposal_no", "state"), "remark", ("made_by", "made_at"))}),
        (
            pgettext_lazy("proposal", "Check"),
            {"fields": (("expires_at", "settled_at"), ("checked_by", "check_remark"))},
        ),
    )

    @admin.display(description=_("what is proposed"))
    def wish(self, proposal: Proposal) -> Text:
        """Return what would be done."""
        return kind_named(proposal.kind).describe(proposal)

    @admin.display(description=_("about"))
    def about(self, proposal: Proposal) -> SafeString:
        """Return the way to what it is about."""
        return format_html(
            '<a class="text-primary-600 underline dark:text-primary-500" href="{}">{}</a>',
            kind_named(proposal.kind).link(proposal),
            proposal.subject.partition(":")[2],
        )

    def has_check_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the person checks proposals at all, and this one if one is named; of which kinds, the flow asks."""
        allowed: bool = request.user.has_perm("approvals.check_proposal")
        return allowed and (object_id is None or self._waiting(request, object_id, is_own=False))

    def has_take_back_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether this proposal is the person's own, and still waits."""
        return object_id is not None and self._waiting(request, object_id, is_own=True)

    def _waiting(self, request: HttpRequest, object_id: str, *, is_own: bool) -> bool:
        waiting = self.get_queryset(request).filter(pk=object_id, state=ProposalState.PENDING)
        own = Q(made_by=request.user.pk)
        found: bool = waiting.filter(own if is_own else ~own).exists()
        return found

    @admin.action(description=_("Approve and carry out"), permissions=["check"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> HttpResponse | None:
        """Approve the chosen proposals, each in a transaction of its own."""
        return self._check(request, queryset, _APPROVAL, proposals.approve, _("approved"))

    @admin.action(description=pgettext_lazy("verb", "Refuse"), permissions=["check"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> HttpResponse | None:
        """Refuse the chosen proposals."""
        return self._check(request, queryset, _REFUSAL, proposals.refuse, pgettext_lazy("done", "refused"))

    @action(description=_("Approve and carry out"), icon="check", permissions=["check"], url_path="approve")
    def approve_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Approve this proposal."""
        return self.approve(request, self.get_queryset(request).filter(pk=object_id))

    @action(
        description=pgettext_lazy("verb", "Refuse"), icon="block", permissions=["check"], url_path="refuse"
    )
    def refuse_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Refuse this proposal."""
        return self.refuse(request, self.get_queryset(request).filter(pk=object_id))

    @action(description=_("Take back"), icon="undo", permissions=["take_back"], url_path="withdraw")
    def withdraw_one(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Take one's own proposal back."""
        own = self.get_queryset(request).filter(pk=object_id)

        def then(rows: list[Any], _said: dict[str, Any]) -> HttpResponse:
            def verb(each: Proposal) -> object:
                return proposals.withdraw(each.proposal_no, by_id=cast(int, request.user.pk), now=clock.now())

            return report_outcomes(self, request, rows, verb=verb, done=_("taken back"))

        if not own.exists():
            return HttpResponseRedirect("..")
        return confirmed_action(self, request, own, question=_WITHDRAWAL, then=then)

    def _check(
        self,
        request: HttpRequest,
        queryset: QuerySet[Proposal],
        question: Question,
        flow: Callable[..., Proposal],
        done: Text,
    ) -> HttpResponse | None:
        def then(rows: list[Any], said: dict[str, Any]) -> HttpResponse:
            def verb(each: Proposal) -> object:
                return flow(each.proposal_no, by_id=request.user.pk, remark=said["remark"], now=clock.now())

            return report_outcomes(self, request, rows, verb=verb, done=done)

        if not queryset.exists():
            return HttpResponseRedirect("..")
        return confirmed_action(self, request, queryset.order_by("id"), question=question, then=then)


def _if_approved(proposal: Proposal) -> Preview:
    if proposal.state != ProposalState.PENDING:
        return Preview(refusal=PROPOSAL_SETTLED.title)
    return Preview(effects=(*kind_named(proposal.kind).effects(proposal), _made(proposal)))


def _if_let_go(proposal: Proposal) -> Preview:
    if proposal.state != ProposalState.PENDING:
        return Preview(refusal=PROPOSAL_SETTLED.title)
    described = kind_named(proposal.kind).describe(proposal)
    nothing = format_lazy(_("Not carried out: {}"), described)
    return Preview(effects=(nothing, _("What it is about is open again."), _made(proposal)))


def _made(proposal: Proposal) -> Text:
    name = proposal.made_by.get_full_name() or proposal.made_by.get_username()
    return format_lazy(_("Proposed by {}: {}"), name, proposal.remark)


_APPROVAL = Question(
    title=_("Approve these proposals?"),
    warning=_("What is approved is carried out at once, in your name and that of whoever proposed it."),
    button=_("Approve and carry out"),
    preview=_if_approved,
    form_class=RemarkForm,
)
_REFUSAL = Question(
    title=_("Refuse these proposals?"),
    warning=_("Nothing is carried out; whoever proposed it reads your remark."),
    button=pgettext_lazy("verb", "Refuse"),
    preview=_if_let_go,
    form_class=RemarkForm,
)
_WITHDRAWAL = Question(
    title=_("Take this proposal back?"),
    warning=_("Nothing is carried out, and something else can be proposed."),
    button=_("Take back"),
    preview=_if_let_go,
    is_dangerous=False,
)
