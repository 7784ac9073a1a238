"""What partners' result codes mean to us, with a form to try one out."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources, widgets
from unfold.decorators import action

from unipay.backoffice.admin import HistoryMixin, SpreadsheetAdmin, state_badge
from unipay.errors import CATALOGUE
from unipay.partners.admin.forms import CodeQuestionForm, ResultCodeForm
from unipay.partners.models import Partner, ResultCode
from unipay.partners.operations import operation_title
from unipay.partners.queries import result_code_row


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
    actions_list = ("try_code",)
    finality_badge = state_badge(
        {"SUCCESS": "success", "UNKNOWN": "warning", "FINAL_FAILURE": "danger"},
        field="finality",
        description=_("finality"),
    )

    @admin.display(description=_("operation"))
    def named_operation(self, row: ResultCode) -> str:
        """Return what staff call the operation; empty is any."""
        return operation_title(row.operation) if row.operation else str(_("any"))

    @action(description=_("Try a code"), icon="quiz", url_path="try", permissions=["view"])
    def try_code(self, request: HttpRequest) -> HttpResponse:
        """Say what a code of a partner means in an operation, without raising the alarm of a real one."""
        form = CodeQuestionForm(request.GET or None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try a code"),
            "opts": self.opts,
            "form": form,
        }
        if form.is_valid():
            asked = form.cleaned_data
            row = result_code_row(asked["partner"], asked["direction"], asked["operation"], asked["code"])
            context |= {
                "is_asked": True,
                "row": row,
                "reason": CATALOGUE.get(row.reason_code) if row else None,
            }
        return TemplateResponse(request, "partners/try_code.html", context)
