"""Pages that can show personal data: one line says which fields, the rest is the same everywhere."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from unipay.backoffice.disclosure import Personal, Subject, field_title, personal_of, reveal


class RevealMixin:
    """Put before WindowAdmin, with `reveals` naming what the page masks; other rows are reached by `standing__body`.

    The page gets a button and an address (`admin:app_model_reveal`) that asks for a reason, notes who looked and why,
    and shows the fields. An admin with actions_detail of its own adds "reveal" to them.
    """

    reveals: Sequence[str] = ()
    actions_detail: Sequence[Any] = ("reveal",)

    @action(description=_("Show personal data"), icon="visibility", permissions=["reveal"])
    def reveal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, note it, and show."""
        model_admin: Any = self
        row: Model | None = model_admin.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not model_admin.has_reveal_permission(request, row):
            raise PermissionDenied
        return reveal(request, self.subject_of(row))

    def subject_of(self, row: Model) -> Subject:
        """Return what is looked at."""
        opts = row._meta
        return Subject(
            type=opts.label_lower,
            id=str(row.pk),
            name=str(row),
            msisdn=getattr(row, "msisdn", ""),
            labels=[field_title(opts.label_lower, path) for path in self.reveals],
            read=lambda: self.personal_data(row),
            back_url=reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=(row.pk,)),
        )

    def personal_data(self, row: Model) -> list[Personal]:
        """Return what the page masks, without what is empty."""
        return personal_of(row, self.reveals)
