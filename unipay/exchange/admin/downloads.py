"""Files handed out to staff: what names people is asked a reason for, and noted before the first byte leaves."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unipay.backoffice.disclosure import ReasonForm, Subject, note
from unipay.errors import Text

REASONS = (
    gettext_lazy("The partner asks about a line of this file"),
    gettext_lazy("Looking for why the file could not be read"),
    gettext_lazy("An auditor asks for the file"),
)
REASONS_OF_OURS = (
    gettext_lazy("The partner could not fetch the file by itself"),
    gettext_lazy("The partner says that the file cannot be read"),
    gettext_lazy("An auditor asks for the file"),
)
_CONTENT = "name"


def stream(content: Iterable[bytes], *, name: str, content_type: str) -> HttpResponseBase:
    """Return the content as a file, never from a cache."""
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def subject_of(file: Any, back_url: str) -> Subject:
    """Return what is handed out: a received or a sent file."""
    return Subject(
        type=file._meta.label_lower,
        id=str(file.pk),
        name=f"{file.partner.code}: {file.name}",
        labels=[_("the file %(name)s as a whole, with every number in it") % {"name": file.name}],
        back_url=back_url,
    )


def note_download(request: HttpRequest, file: Any, *, back_url: str, reason: str, rows: int | None) -> None:
    """Keep that this person is about to have the file."""
    note(request, subject=subject_of(file, back_url), reason=reason, fields=[_CONTENT], rows=rows or 1)


def ask_why(
    request: HttpRequest,
    file: Any,
    *,
    back_url: str,
    form: ReasonForm,
    suggested: Sequence[Text] = REASONS,
) -> HttpResponse:
    """Return the page that asks for the reason."""
    context = {
        **admin.site.each_context(request),
        "title": file.name,
        "subject": subject_of(file, back_url),
        "form": form,
        "suggested": suggested,
        "is_shown": False,
        "is_file": True,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "backoffice/reveal.html", context)
