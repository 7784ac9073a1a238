"""What can be done with a file of ours: taken out by hand, acknowledged or refused as the partner says, cancelled."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from unipay import clock
from unipay.backoffice.admin import Question, confirmed_action, report_outcomes
from unipay.backoffice.disclosure import ReasonForm
from unipay.errors import Text
from unipay.exchange import queries
from unipay.exchange.admin import downloads, sent_previews
from unipay.exchange.admin.received_doors import first_read
from unipay.exchange.flows import acknowledge, deliver
from unipay.exchange.models import Route, SentFile, SentState

_UNSETTLED = (SentState.READY, SentState.DELIVERED)
_STUCK = Q(state=SentState.READY, route=Route.DIRECTORY)


class SentDoors:
    """What can be done on a sent file's page; mixed into its admin."""

    # One button for four, as the head of the page has no room for more.
    actions_detail = (
        "download",
        {
            "title": gettext_lazy("What can be done"),
            "items": ["acknowledged", "refused", "again", "cancel"],
        },
    )

    @action(
        description=gettext_lazy("Download for the partner"),
        icon="download",
        url_path="download",
        permissions=["download"],
    )
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hand the file out, noted with the reason; where staff are its way, it counts as delivered."""
        file = self._file(request, object_id)
        back = reverse("admin:exchange_sentfile_change", args=[object_id])
        form = ReasonForm(request.POST or None, initial={"reason": _handing_over(file)})
        if request.method != "POST" or not form.is_valid():
            return downloads.ask_why(
                request, file, back_url=back, form=form, suggested=downloads.REASONS_OF_OURS
            )
        content = first_read(queries.content(file.file_no))
        if content is None:
            messages.error(request, _("The kept file was altered or lost."))
            return HttpResponseRedirect(back)
        reason = form.cleaned_data["reason"]
        downloads.note_download(request, file, back_url=back, reason=reason, rows=file.row_count)
        if file.route == Route.HAND:
            deliver.fetched(file, now=clock.now())
        return downloads.stream(content, name=file.name, content_type="application/octet-stream")

    @action(
        description=gettext_lazy("The partner has taken it"),
        icon="done_all",
        url_path="acknowledged",
        permissions=["settle"],
    )
    def acknowledged(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Note the partner's word, once somebody has written down how it came."""
        return self._asked_first(
            request,
            object_id,
            question=sent_previews.ACKNOWLEDGING,
            flow=lambda file, remark: acknowledge.accepted(file, now=clock.now()),
            done=_("acknowledged"),
        )

    @action(
        description=gettext_lazy("The partner refused it"),
        icon="thumb_down",
        url_path="refused",
        permissions=["settle"],
    )
    def refused(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Note that the partner refused the file as a whole, and why."""
        return self._asked_first(
            request,
            object_id,
            question=sent_previews.REFUSED,
            flow=lambda file, remark: acknowledge.refused(file, why=remark, now=clock.now()),
            done=_("noted as refused"),
        )

    @action(description=gettext_lazy("Deliver again"), icon="send", url_path="again", permissions=["again"])
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Deliver it now, once its directory was mended."""
        return self._asked_first(
            request,
            object_id,
            question=sent_previews.AGAIN,
            flow=lambda file, remark: deliver.again(file, now=clock.now()),
            done=_("on its way again"),
        )

    @action(
        description=gettext_lazy("Cancel the file"), icon="cancel", url_path="cancel", permissions=["settle"]
    )
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Take it back, once somebody has read what that means."""
        return self._asked_first(
            request,
            object_id,
            question=sent_previews.CANCELLING,
            flow=lambda file, remark: acknowledge.cancel(file, now=clock.now()),
            done=_("cancelled"),
        )

    def has_download_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What we write about people is for few; what was cancelled is for nobody."""
        if not request.user.has_perm("exchange.download_sentfile"):
            return False
        return _is_one_of(object_id, ~Q(state=SentState.CANCELLED))

    def has_settle_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What is not settled can be."""
        model_admin: Any = self
        may = model_admin.has_operate_permission(request)
        return bool(may) and _is_one_of(object_id, Q(state__in=_UNSETTLED))

    def has_again_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """What could not be laid into its directory can be tried again."""
        model_admin: Any = self
        may = model_admin.has_operate_permission(request)
        return bool(may) and _is_one_of(object_id, _STUCK)

    def _asked_first(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        question: Question,
        flow: Callable[[SentFile, str], object],
        done: Text,
    ) -> HttpResponse | None:
        file = self._file(request, object_id)

        def then(rows: list[SentFile], given: dict[str, Any]) -> HttpResponse:
            remark = given.get("remark", "")
            said = f"{done}: {remark}" if remark else done
            return report_outcomes(self, request, rows, verb=lambda row: flow(row, remark), done=said)

        return confirmed_action(self, request, [file], question=question, then=then)

    def _file(self, request: HttpRequest, object_id: str) -> SentFile:
        """The file, if it is one this person may see."""
        model_admin: Any = self
        file: SentFile | None = model_admin.get_object(request, unquote(object_id))
        if file is None:
            raise Http404
        if not model_admin.has_view_permission(request, file):
            raise PermissionDenied
        return file


def _is_one_of(object_id: Any, condition: Q) -> bool:
    """Tell whether the row of an address is one of these; for a list, which has no row, it may be."""
    if object_id is None or not str(object_id).isdecimal():
        return object_id is None
    return SentFile.objects.filter(condition, pk=object_id).exists()


def _handing_over(file: SentFile) -> str:
    return (
        _("Handing it to %(partner)s") % {"partner": file.partner.title} if file.route == Route.HAND else ""
    )
