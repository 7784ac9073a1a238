"""Personal data is shown unmasked to whoever has the right and gives a reason, and is noted before it is shown."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from unipay import clock
from unipay.backoffice.models import Disclosure
from unipay.errors import Text
from unipay.logging import mask_text

SUGGESTED_REASONS = (
    gettext_lazy("The subscriber is calling and must be identified"),
    gettext_lazy("Comparing with a document the subscriber sent"),
    gettext_lazy("The bank asks about this contract"),
    gettext_lazy("The province asks about this number"),
    gettext_lazy("Deciding a manual case"),
)
SUBSCRIBER = "subscriber"
_LONGEST_LINE = 60
_STEP = "__"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Personal:
    """One value of a person: the field's name, as it is noted, its label, and the value unmasked."""

    name: str
    label: Text
    value: str

    @property
    def is_long(self) -> bool:
        """Whether it needs room of its own."""
        return len(self.value) > _LONGEST_LINE or "\n" in self.value


@dataclass(frozen=True)
class Subject:
    """What is looked at: the kind of record and its id as they are noted, its name, the number it is about.

    For a page that asks and shows: `labels` say what will be shown, `read` fetches it, once it may be; `back_url`
    leads to where it is masked.
    """

    type: str
    name: str
    id: str = ""
    msisdn: str = ""
    labels: Sequence[Text] = ()
    read: Callable[[], Sequence[Personal]] = tuple
    back_url: str = ""


class ReasonForm(forms.Form):
    """Why somebody must see it."""

    reason = forms.CharField(
        label=gettext_lazy("reason"),
        min_length=4,
        max_length=300,
        widget=UnfoldAdminTextInputWidget(attrs={"x-ref": "reason", "autofocus": True}),
        help_text=gettext_lazy("It is kept with your name, the time and what was shown. Auditors read it."),
        error_messages={"required": gettext_lazy("Please say why.")},
    )


def note(
    request: HttpRequest, *, subject: Subject, reason: str, fields: Sequence[str], rows: int = 1
) -> Disclosure:
    """Keep that this person is about to see these fields of the subject; call it before anything is shown."""
    person: Any = request.user
    noted = Disclosure.objects.create(
        person=person,
        at=clock.now(),
        subject_type=subject.type,
        subject_id=subject.id,
        subject=subject.name[:300],
        msisdn=subject.msisdn,
        fields=list(fields),
        rows=rows,
        reason=reason,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
    log.info(
        "personal_data_revealed",
        what=mask_text(str(noted)),
        user=person.get_username(),
        disclosure=noted.pk,
    )
    return noted


def reveal(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Ask for the reason; once it is given, note it and show the values. The caller has checked the right."""
    form = ReasonForm(request.POST or None)
    shown: Sequence[Personal] = ()
    if request.method == "POST" and form.is_valid():
        shown = subject.read()
        fields = [each.name for each in shown]
        note(request, subject=subject, reason=form.cleaned_data["reason"], fields=fields)
    context = {
        **admin.site.each_context(request),
        "title": _("Personal data"),
        "subject": subject,
        "form": form,
        "suggested": SUGGESTED_REASONS,
        "shown": shown,
        "is_shown": form.is_valid(),
    }
    request.current_app = admin.site.name
    response = TemplateResponse(request, "backoffice/reveal.html", context)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def record_title(subject_type: str) -> str:
    """Return what staff call this kind of record; the bare type when there is no such table any more."""
    if subject_type == SUBSCRIBER:
        return _("subscriber")
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


def field_title(subject_type: str, path: str) -> str:
    """Return what staff call a field, reached over other rows by "standing__holder_name"."""
    # A number has no table of its own; what notes it calls it as the screens do.
    label = Disclosure._meta.label if subject_type == SUBSCRIBER else subject_type
    try:
        return _field_title(apps.get_model(label), path)
    except (LookupError, ValueError, FieldDoesNotExist):
        return path


def personal_of(row: Model, paths: Sequence[str]) -> list[Personal]:
    """Return these fields of the row, without the empty ones."""
    found = [Personal(path, _field_title(type(row), path), field_value(row, path)) for path in paths]
    return [each for each in found if each.value]


def _field_title(model: Any, path: str) -> str:
    titles = []
    for step in path.split(_STEP):
        field = model._meta.get_field(step)
        titles.append(str(field.verbose_name))
        model = field.related_model or model
    return " · ".join(titles)


def field_value(row: Any, path: str) -> str:
    """Return what a field holds, as text; "" where there is nothing."""
    for step in path.split(_STEP):
        row = getattr(row, step, None)
    if isinstance(row, dict):
        return json.dumps(row, ensure_ascii=False, indent=2)
    return ", ".join(map(str, row)) if isinstance(row, list | tuple) else str(row or "")
