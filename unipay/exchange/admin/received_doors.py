"""What can be done with a received file: decided, its fault list taken out, the file itself handed out."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from unipay import clock
from unipay.backoffice.admin import Question, confirmed_action, report_outcomes
from unipay.backoffice.disclosure import ReasonForm
from unipay.errors import Text
from unipay.exchange import queries, vault
from unipay.exchange.admin import downloads, received_previews
from unipay.exchange.flows import decide
from unipay.exchange.models import ReceivedFile, ReceivedState

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ReceivedDoors:
    """The addresses below a received file's page; mixed into its admin."""

    # One button for two, as the head of the page has no room for more.
    actions_detail = ({"title": gettext_lazy("What can be done"), "items": ["accept", "refuse"]}, "download")

    def get_urls(self) -> list[URLPattern]:
        """Put the fault list before the admin's."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = path(
            "<path:object_id>/faults/", site.admin_view(self.faults_view), name="exchange_receivedfile_faults"
        )
        return [own, *super().get_urls()]  # type: ignore[misc]

    def what_may_be_done(self, request: HttpRequest, file: ReceivedFile) -> dict[str, bool]:
        """Return what the page offers below the faults."""
        return {"may_decide": self.has_decide_permission(request, file.pk)}

    @action(
        description=gettext_lazy("Accept without the faulty lines"),
        icon="check_circle",
        url_path="accept",
        permissions=["decide"],
    )
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Let the good lines count, once somebody has read what is left out."""
        return self._decided(
            request,
            object_id,
            question=received_previews.ACCEPTING,
            flow=decide.accept_despite_faults,
            done=_("accepted"),
        )

    @action(
        description=gettext_lazy("Refuse the file"), icon="block", url_path="refuse", permissions=["decide"]
    )
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Let none of it count, once somebody has said why."""
        return self._decided(
            request, object_id, question=received_previews.REFUSING, flow=decide.refuse, done=_("refused")
        )

    @action(
        description=gettext_lazy("Download the file"),
        icon="download",
        url_path="download",
        permissions=["download"],
    )
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hand the file out as it came, for a reason, which is noted."""
        file, back = self._file(request, object_id), self._page_of(object_id)
        form = ReasonForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return downloads.ask_why(request, file, back_url=back, form=form)
        content = first_read(queries.content(file.file_no))
        if content is None:
            messages.error(request, _("The kept file was altered or lost."))
            return HttpResponseRedirect(back)
        reason = form.cleaned_data["reason"]
        downloads.note_download(request, file, back_url=back, reason=reason, rows=file.line_count)
        return downloads.stream(content, name=file.name, content_type="application/octet-stream")

    def faults_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hand out everything that is wrong with the file, for the partner."""
        file = self._file(request, object_id)
        content = first_read(queries.fault_list(file))
        if content is None:
            messages.warning(request, _("There is no fault list: the file was not read, or has no fault."))
            return HttpResponseRedirect(self._page_of(object_id))
        # The mark by which spreadsheet programs know UTF-8.
        marked = chain([_BYTE_ORDER_MARK], content)
        return downloads.stream(marked, name=f"{file.name}-faults.csv", content_type="text/csv")

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What waits for people is decided by those who may."""
        model_admin: Any = self
        if not model_admin.has_operate_permission(request):
            return False
        if object_id is None or not str(object_id).isdecimal():
            return object_id is None
        return ReceivedFile.objects.filter(pk=object_id, state=ReceivedState.CHECKED).exists()

    def has_download_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What banks write about people is for few."""
        return bool(request.user.has_perm("exchange.download_receivedfile"))

    def _decided(
        self, request: HttpRequest, object_id: str, *, question: Question, flow: Any, done: Text
    ) -> HttpResponse | None:
        file = self._file(request, object_id)

        def then(rows: list[ReceivedFile], given: dict[str, Any]) -> HttpResponse:
            said = {"by_id": request.user.pk, "remark": given["remark"], "now": clock.now()}
            return report_outcomes(self, request, rows, verb=lambda row: flow(row, **said), done=done)

        return confirmed_action(self, request, [file], question=question, then=then)

    def _file(self, request: HttpRequest, object_id: str) -> ReceivedFile:
        """The file, if it is one this person may see."""
        model_admin: Any = self
        file: ReceivedFile | None = model_admin.get_object(request, unquote(object_id))
        if file is None:
            raise Http404
        if not model_admin.has_view_permission(request, file):
            raise PermissionDenied
        return file

    def _page_of(self, object_id: str) -> str:
        return reverse("admin:exchange_receivedfile_change", args=[object_id])


def first_read(content: Iterator[bytes]) -> Iterator[bytes] | None:
    """Begin to read, so that a file that is gone is known before anything is promised; None for one."""
    try:
        first = next(content, b"")
    except (vault.Missing, vault.Altered):
        return None
    return chain([first], content)
