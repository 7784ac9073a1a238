"""How people bring a partner's file: in pieces that survive a lost connection, or as a whole without a script."""

from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from unipay import clock
from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal
from unipay.exchange.admin.in_memory import in_memory
from unipay.exchange.admin.upload_forms import AnnouncedForm, UploadForm
from unipay.exchange.flows import receive, upload
from unipay.exchange.models import FileOrigin, ReceivedFile, Upload, UploadState

MOST_PLAIN_BYTES = 50 * 1024 * 1024
_RIGHT = "exchange.upload_receivedfile"
_NAME = "exchange_receivedfile_upload"


class UploadDoors:
    """The page that uploads, and what its script calls; mixed into the admin of received files."""

    def get_urls(self) -> list[URLPattern]:
        """Put the upload's addresses before the admin's."""
        site: Any = self.admin_site  # type: ignore[attr-defined]
        doors = (
            ("upload/", "", self.upload_view),
            ("upload/begin/", "_begin", self.begin_view),
            ("upload/<str:upload_no>/", "_state", self.state_view),
            ("upload/<str:upload_no>/pieces/<int:number>/", "_piece", self.piece_view),
            ("upload/<str:upload_no>/complete/", "_complete", self.complete_view),
        )
        own = [path(address, site.admin_view(view), name=_NAME + name) for address, name, view in doors]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    @action(
        description=gettext_lazy("Upload a file"),
        icon="upload_file",
        url_path="go-and-upload",
        permissions=["upload"],
    )
    def go_and_upload(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page that uploads."""
        return HttpResponseRedirect(reverse(f"admin:{_NAME}"))

    @in_memory(MOST_PLAIN_BYTES)
    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form; without a script, take the file as a whole."""
        _require_right(request)
        form = UploadForm(
            request.POST or None, request.FILES or None, user=request.user, initial=request.GET.dict()
        )
        if request.method == "POST" and form.is_valid():
            file = self._taken_whole(request, form)
            if file is not None:
                return HttpResponseRedirect(_page_of(file))
        model_admin: Any = self
        context = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": _("Upload a file"),
            "form": form,
            "most_plain_mb": MOST_PLAIN_BYTES // 1024 // 1024,
            "most_mb": settings.UNIPAY_MAX_FILE_MB,
        }
        return TemplateResponse(request, "exchange/admin/upload.html", context)

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        """Begin an upload in pieces; answer its number and which pieces are wanted."""
        _require_post(request)
        form = AnnouncedForm(request.POST, user=request.user)
        if not form.is_valid():
            return _said(next(iter(form.errors.values()))[0])
        arrival = receive.Arrival(
            **form.cleaned_data, origin=FileOrigin.UPLOAD, uploaded_by_id=cast("int", request.user.pk)
        )
        try:
            begun = upload.open_upload(arrival, now=clock.now())
        except Refusal as refusal:
            return _said(reason_of(refusal))
        return _standing(begun)

    def state_view(self, request: HttpRequest, upload_no: str) -> HttpResponse:
        """Answer which pieces are wanted still, for who comes back after a lost connection."""
        return _standing(_own(request, upload_no))

    def piece_view(self, request: HttpRequest, upload_no: str, number: int) -> HttpResponse:
        """Take one piece, which is the body as it is."""
        _require_post(request)
        begun = _own(request, upload_no)
        # One byte more than there may be tells a piece that is too long.
        content = request.read(begun.piece_size + 1)
        try:
            upload.take_piece(begun, number, content, now=clock.now())
        except Refusal as refusal:
            return _said(reason_of(refusal))
        return JsonResponse({"number": number})

    def complete_view(self, request: HttpRequest, upload_no: str) -> HttpResponse:
        """Put the pieces together; answer where the file's page is."""
        _require_post(request)
        begun = _own(request, upload_no)
        try:
            file = upload.complete(begun, now=clock.now())
        except Refusal as refusal:
            return _said(reason_of(refusal))
        self._noted(request, file)
        return JsonResponse({"location": _page_of(file)})

    def has_upload_permission(self, request: HttpRequest) -> bool:
        """Whether this person brings files."""
        return bool(request.user.has_perm(_RIGHT))

    def _taken_whole(self, request: HttpRequest, form: UploadForm) -> ReceivedFile | None:
        given = form.cleaned_data
        file = given.pop("file")
        try:
            kept = receive.keep(
                **given,
                name=file.name,
                chunks=file.chunks(),
                origin=FileOrigin.UPLOAD,
                uploaded_by=request.user,
                now=clock.now(),
            )
        except Refusal as refusal:
            form.add_error("file", reason_of(refusal))
            return None
        self._noted(request, kept)
        return kept

    def _noted(self, request: HttpRequest, file: ReceivedFile) -> None:
        model_admin: Any = self
        model_admin.log_addition(request, file, _("uploaded"))


def _require_right(request: HttpRequest) -> None:
    if not request.user.has_perm(_RIGHT):
        raise PermissionDenied


def _require_post(request: HttpRequest) -> None:
    _require_right(request)
    if request.method != "POST":
        raise Http404


def _own(request: HttpRequest, upload_no: str) -> Upload:
    """The upload, which nobody but who began it goes on with."""
    _require_right(request)
    begun = Upload.objects.filter(upload_no=upload_no, uploaded_by=cast("int", request.user.pk)).first()
    if begun is None:
        raise Http404
    return begun


def _standing(begun: Upload) -> HttpResponse:
    is_open = begun.state == UploadState.OPEN
    return JsonResponse(
        {
            "upload_no": begun.upload_no,
            "is_open": is_open,
            "size": begun.size,
            "piece_size": begun.piece_size,
            "pieces": begun.pieces if begun.size else 0,
            "missing": upload.missing_pieces(begun) if is_open and begun.size else [],
        }
    )


def _said(why: object) -> HttpResponse:
    return JsonResponse({"error": str(why)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _page_of(file: ReceivedFile) -> str:
    return reverse("admin:exchange_receivedfile_change", args=[file.pk])
