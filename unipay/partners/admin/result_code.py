"""What partners' result codes mean to us, with a form to try one out."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources, widgets
from unfold.decorators import action

from unipay.backoffice.admin import HistoryMixin, SpreadsheetAdmin, state_badge
from unipay.errors import CATALOGUE, Text
from unipay.partners import known_reasons, mapped_codes, sightings
from unipay.partners.admin.forms import CodeQuestionForm, ResultCodeForm
from unipay.partners.models import Partner, ResultCode, UnmappedCode
from unipay.partners.operations import operation_title
from unipay.partners.queries import result_code_row

MOST_UNMAPPED = 200


class ResultCodeResource(resources.ModelResource):  # type: ignore[misc]
    """Result codes by what makes them unique; the partner by its code, empty for all of its kind."""

    partner = fields.Field("partner", "partner", widget=widgets.ForeignKeyWidget(Partner, field="code"))

    class Meta:
        model = ResultCode
        fields = ("kind", "partner", "direction", "operation", "code", "reason_code", "finality", "remark")
        import_id_fields = ("kind", "partner", "direction", "operation", "code")
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = False

    def validate_instance(self, instance: ResultCode, *args: Any, **kwargs: Any) -> None:
        """A reason is one that the operation's flows know, as in the form."""
        super().validate_instance(instance, *args, **kwargs)
        known_reasons.require(instance.reason_code, operation=instance.operation, row_id=instance.pk)

    def after_save_instance(self, instance: ResultCode, row: Any, **kwargs: Any) -> None:
        """Whoever waits for the code hears of it, once the file is carried out."""
        if not kwargs.get("dry_run"):
            mapped_codes.tell(instance)


@admin.register(ResultCode)
class ResultCodeAdmin(HistoryMixin, SpreadsheetAdmin):
    """The map of result codes (design.md 4)."""

    form = ResultCodeForm
    resource_classes = (ResultCodeResource,)
    list_display = (
        "code",
        "kind",
        "partner",
        "direction",
        "named_operation",
        "reason_code",
        "finality_badge",
        "remark",
    )
    list_filter = ("kind", "finality", "direction", "partner")
    list_select_related = ("partner",)
    search_fields = ("code", "reason_code", "remark")
    ordering = ("kind", "code", "operation")
    actions_list = ("unmapped", "try_code")
    empty_text = _(
        "No code has a meaning yet. Load the usual ones with manage.py load_reference, or add one."
    )
    finality_badge = state_badge(
        {"SUCCESS": "success", "UNKNOWN": "warning", "FINAL_FAILURE": "danger"},
        field="finality",
        description=_("finality"),
    )

    def save_model(self, request: HttpRequest, obj: ResultCode, form: Any, change: bool) -> None:
        """Keep the meaning, and let whoever waits for it hear of it."""
        super().save_model(request, obj, form, change)
        mapped_codes.tell(obj)

    @admin.display(description=_("operation"))
    def named_operation(self, row: ResultCode) -> str:
        """Return what staff call the operation; empty is any."""
        return operation_title(row.operation) if row.operation else str(_("any"))

    @action(description=_("Try a code"), icon="quiz", url_path="try", permissions=["view"])
    def try_code(self, request: HttpRequest) -> HttpResponse:
        """Say what a code of a partner means in an operation, without raising the alarm of a real one."""
        form = CodeQuestionForm(request.GET or None)
        context = {**self._page(request, _("Try a code")), "form": form}
        if form.is_valid():
            asked = form.cleaned_data
            row = result_code_row(asked["partner"], asked["direction"], asked["operation"], asked["code"])
            reason = CATALOGUE.get(row.reason_code) if row else None
            context |= {"is_asked": True, "row": row, "reason": reason, "map_it": _address(**asked)}
        return TemplateResponse(request, "partners/try_code.html", context)

    @action(description=_("Codes nobody has mapped"), icon="help", url_path="unmapped", permissions=["view"])
    def unmapped(self, request: HttpRequest) -> HttpResponse:
        """Show the codes partners said that have no meaning yet, each with the way to give it one."""
        rows = [
            (seen, operation_title(seen.operation), _address(**_asked(seen)))
            for seen in sightings.unmapped()[:MOST_UNMAPPED]
        ]
        context = {**self._page(request, _("Codes nobody has mapped")), "rows": rows}
        return TemplateResponse(request, "partners/unmapped.html", context)

    def _page(self, request: HttpRequest, title: Text) -> dict[str, Any]:
        may_map = self.has_add_permission(request)
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "may_map": may_map,
        }


def _asked(seen: UnmappedCode) -> dict[str, Any]:
    return {
        "partner": seen.partner,
        "direction": seen.direction,
        "operation": seen.operation,
        "code": seen.code,
    }


def _address(*, partner: Partner, direction: str, operation: str, code: str) -> str:
    """The form of a new code, filled in as far as it is known."""
    known = {"kind": partner.kind, "partner": partner.pk, "direction": direction, "operation": operation}
    return f"{reverse('admin:partners_resultcode_add')}?{urlencode({**known, 'code': code})}"
