"""What may be done about one row: an address below its page asks first, calls one flow, and says what came of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from unipay.backoffice.admin.confirmation import Question, confirmed_action
from unipay.backoffice.admin.outcomes import report_outcomes
from unipay.errors import Text


@dataclass(frozen=True)
class Deed:
    """What people may do: what is asked first, the right it takes beside that to look, the flow, and what was done.

    `flow` gets the row, what the question's form says, and the id of whoever does it.
    """

    question: Question
    right: str
    flow: Callable[[Any, dict[str, Any], Any], object]
    done: Text


class RemarkForm(forms.Form):
    """Why: whoever looks later must learn it."""

    remark = forms.CharField(
        label=_("remark"),
        max_length=400,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("What you looked at, and whom you asked."),
        error_messages={"required": _("Please say why.")},
    )


class DeedsMixin:
    """Gives each of `deeds` an address below the row's page; its name is the verb."""

    deeds: ClassVar[Mapping[str, Deed]] = {}

    def get_urls(self) -> list[URLPattern]:
        """Put the deeds before the admin's own addresses."""
        model_admin: Any = self
        own = [
            path(
                f"<int:object_id>/{verb}/",
                model_admin.admin_site.admin_view(partial(self._ask, deed=deed)),
                name=f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_{verb}",
            )
            for verb, deed in self.deeds.items()
        ]
        return own + super().get_urls()  # type: ignore[misc]

    def _ask(self, request: HttpRequest, object_id: int, *, deed: Deed) -> HttpResponse | None:
        model_admin: Any = self
        look = f"{model_admin.opts.app_label}.view_{model_admin.opts.model_name}"
        if not request.user.has_perms((look, deed.right)):
            raise PermissionDenied
        rows = model_admin.get_queryset(request).filter(pk=object_id)
        if not rows.exists():
            raise Http404
        return self.ask(request, rows, deed)

    def ask(self, request: HttpRequest, rows: Iterable[Any], deed: Deed) -> HttpResponse | None:
        """Ask before the deed is done to each of these rows; whoever calls has seen to the right."""

        def then(chosen: list[Any], said: dict[str, Any]) -> HttpResponse:
            return report_outcomes(
                self,
                request,
                chosen,
                verb=lambda row: deed.flow(row, said, request.user.pk),
                done=deed.done,
            )

        return confirmed_action(self, request, rows, question=deed.question, then=then)


def address_of(row: Model, verb: str) -> str:
    """Return the address at which a deed about the row is asked for."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{verb}", args=[row.pk])
