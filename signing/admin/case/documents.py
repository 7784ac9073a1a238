"""A document attached to a case shows who a person is: it is handed out for a reason only, and that is noted."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from signing.flows.case_work import content_of
from signing.models import CaseAttachment, ManualCase
from unipay.backoffice.disclosure import SUGGESTED_REASONS, ReasonForm, Subject, note
from unipay.backoffice.models import REVEAL


def hand_out(request: HttpRequest, case: ManualCase, pk: int) -> HttpResponse:
    """Ask for the reason, note it, then hand the document out."""
    document = CaseAttachment.objects.filter(case=case, pk=pk).defer("content").first()
    if document is None:
        raise Http404
    if not (request.user.has_perm(REVEAL) and request.user.has_perm("signing.view_caseattachment")):
        raise PermissionDenied
    subject, form = _subject(case, document), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note(request, subject=subject, reason=form.cleaned_data["reason"], fields=["content"])
        return _handed_out(document)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": document.name,
        "subject": subject,
        "form": form,
        "suggested": SUGGESTED_REASONS,
        "is_shown": False,
        "is_file": True,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "backoffice/reveal.html", context)


def _subject(case: ManualCase, document: CaseAttachment) -> Subject:
    return Subject(
        type=document._meta.label_lower,
        id=str(document.pk),
        name=f"{case.case_no}: {document.name}",
        msisdn=case.msisdn,
        labels=[_("the document %(name)s") % {"name": document.name}],
        read=list,
        back_url=reverse("admin:signing_manualcase_change", args=[case.pk]) + "#record",
    )


def _handed_out(document: CaseAttachment) -> HttpResponse:
    response = HttpResponse(content_of(document), content_type=document.content_type)
    response["Content-Disposition"] = content_disposition_header(True, document.name) or "attachment"
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
