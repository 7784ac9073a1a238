"""What can be done on the page of a case: each address takes one form, calls one flow, and says what came of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from signing.admin.case import documents
from signing.admin.case.forms import AssigneeForm, CommentForm, RemarkForm
from signing.admin.case.page import CasePage
from signing.flows import ask_books, case_proposal, case_work
from signing.flows.case_work import Upload
from signing.models import ManualCase
from signing.states import Decision
from unipay import clock
from unipay.approvals import proposals
from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal

_NAME = "signing_manualcase"


class CaseDoors:
    """The addresses below a case's page; mixed into its admin."""

    def get_urls(self) -> list[URLPattern]:
        """Put the case's own addresses before the admin's."""
        doors: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
            ("<int:pk>/decide/<str:decision>/", "decide", self.decide_view),
            ("<int:pk>/books/", "books", self.books_view),
            ("<int:pk>/take/", "take", self.take_view),
            ("<int:pk>/return/", "return", self.return_view),
            ("<int:pk>/assign/", "assign", self.assign_view),
            ("<int:pk>/comment/", "comment", self.comment_view),
            ("<int:pk>/withdraw/", "withdraw", self.withdraw_view),
            ("<int:pk>/proposal/<str:verb>/", "proposal", self.proposal_view),
            ("<int:pk>/documents/<int:document>/", "attachment", self.attachment_view),
        )
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = [path(address, site.admin_view(view), name=f"{_NAME}_{name}") for address, name, view in doors]
        return own + super().get_urls()  # type: ignore[misc]

    def decide_view(self, request: HttpRequest, pk: int, decision: str) -> HttpResponse:
        """Show what the decision would do, and take it with a remark."""
        page = self._page(request, pk, right="signing.decide_manualcase")
        choice = next((each for each in page.choices if each.decision == decision), None)
        if choice is None or choice.why_not:
            why = choice.why_not if choice else _("This decision is not possible in this case now.")
            return self._back(request, pk, problem=str(why))
        form = RemarkForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._submit(request, page, choice.decision, form.cleaned_data["remark"])
        context = {"page": page, "choice": choice, "form": form, "title": choice.preview.headline}
        return self._render(request, "signing/admin/decide.html", page.case, context)

    def books_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask every party what its book says now."""
        page = self._posted(request, pk, work=True)
        answered = ask_books.ask_books(page.case.case_no, by_id=page.person.pk)
        said = _("Asked: %(count)d answers came. They are kept with the case.") % {"count": answered}
        return self._back(request, pk, done=said, anchor="parties")

    def take_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the case one's own."""
        page = self._posted(request, pk, right="signing.decide_manualcase")
        return self._do(
            request,
            page,
            lambda: case_work.take(page.case.case_no, by_id=page.person.pk),
            _("The case is yours now."),
        )

    def return_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one's own case back to the team."""
        page = self._posted(request, pk, right="signing.decide_manualcase")
        done = _("The case is back with the team.")
        return self._do(
            request, page, lambda: case_work.give_back(page.case.case_no, by_id=page.person.pk), done
        )

    def assign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the case to somebody."""
        page = self._posted(request, pk, right="signing.assign_manualcase")
        form = AssigneeForm(request.POST)
        if not form.is_valid():
            return self._back(request, pk, problem=_("Please choose somebody."))
        to_id = form.cleaned_data["person"].pk
        return self._do(
            request,
            page,
            lambda: case_work.assign(page.case.case_no, to_id=to_id),
            _("The case is handed over."),
        )

    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep a comment, a document, or both."""
        page = self._posted(request, pk, work=True)
        form = CommentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._back(request, pk, problem=str(next(iter(form.errors.values()))[0]))
        if not any(form.cleaned_data.values()):
            return self._back(request, pk, problem=_("Please write something or choose a document."))
        said = form.cleaned_data

        def keep() -> None:
            given = {"by_id": page.person.pk, "now": page.now}
            if said["document"]:
                upload = Upload(said["document"].name, said["document"].read())
                case_work.attach(page.case.case_no, upload=upload, **given)
            if said["text"]:
                case_work.comment(page.case.case_no, text=said["text"], **given)

        return self._do(request, page, keep, _("Kept with the case."), anchor="record")

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a case that has nothing left to decide."""
        page = self._posted(request, pk, right="signing.decide_manualcase")
        remark = request.POST.get("remark", "")
        return self._do(
            request,
            page,
            lambda: case_proposal.withdraw(page.case.case_no, remark=remark, now=page.now),
            _("The case is withdrawn."),
        )

    def proposal_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Approve, refuse, or take back the proposal that waits."""
        page = self._posted(request, pk)
        if verb not in _VERBS or page.proposal is None:
            return self._back(request, pk, problem=_("The proposal is not waiting for approval any more."))
        if verb != "withdraw" and not page.may_check:
            raise PermissionDenied
        number = page.proposal.proposal_no
        remark = request.POST.get("remark", "")
        flow, done = _VERBS[verb]
        return self._do(request, page, lambda: flow(number, page.person.pk, remark, page.now), done())

    def attachment_view(self, request: HttpRequest, pk: int, document: int) -> HttpResponse:
        """Hand a document out to whoever says why it must be seen."""
        page = self._page(request, pk)
        return documents.hand_out(request, page.case, document)

    def _submit(self, request: HttpRequest, page: CasePage, decision: Decision, remark: str) -> HttpResponse:
        try:
            submitted = case_proposal.submit(
                page.case.case_no, decision=decision, remark=remark, by_id=page.person.pk, now=page.now
            )
        except Refusal as refusal:
            return self._back(request, page.case.pk, problem=reason_of(refusal))
        said = _("Decided: %(decision)s.")
        if submitted.proposal is not None:
            said = _("Proposed: %(decision)s. A second person must agree before anything happens.")
        self._log(request, page.case, f"{decision.label}: {remark}")
        return self._back(request, page.case.pk, done=said % {"decision": decision.label})

    def _do(
        self,
        request: HttpRequest,
        page: CasePage,
        verb: Callable[[], object],
        done: str,
        *,
        anchor: str = "",
    ) -> HttpResponse:
        """Call one flow; a refusal is shown with its reason, and nothing was done."""
        try:
            verb()
        except Refusal as refusal:
            return self._back(request, page.case.pk, problem=reason_of(refusal), anchor=anchor)
        self._log(request, page.case, done)
        return self._back(request, page.case.pk, done=done, anchor=anchor)

    def _page(self, request: HttpRequest, pk: int, *, right: str = "") -> CasePage:
        """Return the page of a case this person may see; 404 and 403 as everywhere."""
        model_admin: Any = self
        case: ManualCase | None = model_admin.get_object(request, str(pk))
        if case is None:
            raise Http404
        if not model_admin.has_view_permission(request, case) or (right and not request.user.has_perm(right)):
            raise PermissionDenied
        return CasePage(case, request.user, clock.now())

    def _posted(self, request: HttpRequest, pk: int, *, right: str = "", work: bool = False) -> CasePage:
        if request.method != "POST":
            raise Http404
        page = self._page(request, pk, right=right)
        if work and not page.may_work:
            raise PermissionDenied
        return page

    def _render(
        self, request: HttpRequest, template: str, case: ManualCase, context: dict[str, Any]
    ) -> HttpResponse:
        model_admin: Any = self
        request.current_app = model_admin.admin_site.name
        usual = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "media": model_admin.media,
            "original": case,
            "object": case,
            "change": True,
            "subtitle": None,
        }
        return TemplateResponse(request, template, {**usual, **context})

    def _back(
        self, request: HttpRequest, pk: int, *, done: str = "", problem: str = "", anchor: str = ""
    ) -> HttpResponse:
        if done:
            messages.success(request, done)
        if problem:
            messages.error(request, problem)
        return HttpResponseRedirect(reverse(f"admin:{_NAME}_change", args=[pk]) + (anchor and f"#{anchor}"))

    def _log(self, request: HttpRequest, case: ManualCase, said: str) -> LogEntry:
        model_admin: Any = self
        noted: LogEntry = model_admin.log_change(request, case, said)
        return noted


_VERBS: dict[str, tuple[Callable[[str, int, str, Any], object], Callable[[], str]]] = {
    "approve": (
        lambda number, by, remark, now: proposals.approve(number, by_id=by, remark=remark, now=now),
        lambda: _("Approved and carried out."),
    ),
    "refuse": (
        lambda number, by, remark, now: proposals.refuse(number, by_id=by, remark=remark, now=now),
        lambda: _("Refused: the case is open again."),
    ),
    "withdraw": (
        lambda number, by, remark, now: proposals.withdraw(number, by_id=by, now=now),
        lambda: _("Taken back: the case is open again."),
    ),
}
