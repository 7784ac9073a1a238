"""Any list taken out as a file, as it is filtered: masked, or unmasked for a reason that is noted."""

from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from unipay import clock
from unipay.backoffice.admin.columns import ListResource, listed, unmasked
from unipay.backoffice.admin.spreadsheet import InertXLSX, MarkedCSV
from unipay.backoffice.disclosure import SUGGESTED_REASONS, Subject, note
from unipay.backoffice.models import EXPORT
from unipay.backoffice.paging import ImpatientQuery, patience
from unipay.logging import mask_text

MOST_ROWS = 50_000
PATIENCE_SECONDS = 120
FORMATS: dict[str, Any] = {"xlsx": InertXLSX, "csv": MarkedCSV}
MASKED, UNMASKED = "masked", "unmasked"

log = structlog.get_logger(__name__)


class ExportForm(forms.Form):
    """Which file, and whether it names people."""

    format = forms.ChoiceField(
        label=gettext_lazy("file"),
        choices=[
            ("xlsx", gettext_lazy("Excel workbook (.xlsx)")),
            ("csv", gettext_lazy("Text with commas (.csv)")),
        ],
        initial="xlsx",
        widget=UnfoldAdminRadioSelectWidget,
    )
    content = forms.ChoiceField(
        label=gettext_lazy("personal data"),
        choices=[
            (MASKED, gettext_lazy("masked, as on the screen")),
            (UNMASKED, gettext_lazy("unmasked, in columns of its own; noted with the reason")),
        ],
        initial=MASKED,
        widget=UnfoldAdminRadioSelectWidget,
    )
    reason = forms.CharField(
        label=gettext_lazy("reason, if unmasked"),
        required=False,
        min_length=4,
        max_length=300,
        widget=UnfoldAdminTextInputWidget(attrs={"x-ref": "reason"}),
        help_text=gettext_lazy("It is kept with your name, the time and what was shown. Auditors read it."),
    )

    def __init__(self, *args: Any, may_unmask: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_unmask:
            del self.fields["content"], self.fields["reason"]

    @property
    def is_unmasked(self) -> bool:
        """Whether personal data is asked for."""
        return self.cleaned_data.get("content") == UNMASKED

    def clean_reason(self) -> str:
        """No unmasked file without a reason."""
        reason: str = self.cleaned_data["reason"]
        if self.is_unmasked and not reason:
            raise forms.ValidationError(gettext_lazy("Please say why."))
        return reason


class ListExportMixin:
    """Adds "Export" to a list for those with the right to take lists out.

    `revealed_in_files` names what an unmasked file adds, for those who may also see personal data.
    """

    revealed_in_files: tuple[str, ...] = ()
    change_list_template = "backoffice/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the file."""
        model_admin: Any = self
        name = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_export"
        view = model_admin.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whoever may see the list, and take lists out."""
        model_admin: Any = self
        return bool(request.user.has_perm(EXPORT) and model_admin.has_view_permission(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Let the list know whether it may be taken out."""
        context = {"has_export_permission": self.has_export_permission(request), **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return response

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Ask which file; answer with it."""
        model_admin: Any = self
        if not self.has_export_permission(request):
            raise PermissionDenied
        may_unmask = bool(self.revealed_in_files and model_admin.has_reveal_permission(request))
        form = ExportForm(request.POST or None, may_unmask=may_unmask)
        try:
            changes: ChangeList = model_admin.get_changelist_instance(request)
            with patience(seconds=PATIENCE_SECONDS):
                if request.method == "POST" and form.is_valid():
                    return _file(model_admin, request, changes, form)
                return _question(model_admin, request, changes, form)
        except ImpatientQuery:
            messages.warning(
                request, _("That took too long: search for a whole number, or choose fewer filters.")
            )
            return HttpResponseRedirect(
                reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")
            )


def _rows(changes: ChangeList, request: HttpRequest) -> QuerySet[Any]:
    return changes.get_queryset(request)[:MOST_ROWS]


def _question(model_admin: Any, request: HttpRequest, changes: ChangeList, form: ExportForm) -> HttpResponse:
    count = changes.get_queryset(request)[: MOST_ROWS + 1].count()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Export"),
        "opts": model_admin.opts,
        "form": form,
        "suggested": SUGGESTED_REASONS,
        "what": _extent(count),
        "is_cut": count > MOST_ROWS,
        "filters": _filters(changes),
        "list_url": changes.get_query_string(),
    }
    return TemplateResponse(request, "backoffice/export.html", context).render()


def _file(model_admin: Any, request: HttpRequest, changes: ChangeList, form: ExportForm) -> HttpResponse:
    columns, rows = listed(model_admin, request), _rows(changes, request)
    if form.is_unmasked:
        columns += unmasked(model_admin)
        rows = rows.defer(None)
    table = ListResource(columns).export(rows)
    _note(model_admin, request, changes, form, len(table))
    format_ = FORMATS[form.cleaned_data["format"]]()
    response = HttpResponse(format_.export_data(table), content_type=format_.get_content_type())
    name = f"{model_admin.opts.model_name}-{clock.business_date(clock.now())}.{form.cleaned_data['format']}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _note(model_admin: Any, request: HttpRequest, changes: ChangeList, form: ExportForm, count: int) -> None:
    """Whatever leaves leaves a trace; what names people leaves one that is kept."""
    label = model_admin.opts.label_lower
    log.info("list_exported", what=label, rows=count, unmasked=form.is_unmasked, user=str(request.user))
    if form.is_unmasked:
        filters = _filters(changes) or _("all")
        note(
            request,
            subject=Subject(label, _("list as a file: %(filters)s") % {"filters": filters}),
            reason=form.cleaned_data["reason"],
            fields=model_admin.revealed_in_files,
            rows=count,
        )


def _extent(count: int) -> str:
    if count > MOST_ROWS:
        return _("The first %(most)s rows: a file holds no more. Filter the list to get the others.") % {
            "most": f"{MOST_ROWS:,}"
        }
    return ngettext("%(count)d row.", "%(count)d rows.", count) % {"count": count}


def _filters(changes: ChangeList) -> str:
    """Say what the list was narrowed by, as people read it; whole numbers masked."""
    chosen = [mask_text(changes.query)] if changes.query else []
    for each in changes.filter_specs:
        selected = [str(choice["display"]) for choice in each.choices(changes) if choice["selected"]]
        if each.has_output() and set(each.expected_parameters()) & set(changes.params):
            chosen.append(f"{each.title}: {', '.join(selected)}")
    return "; ".join(chosen)[:300]
