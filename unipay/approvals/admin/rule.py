"""Which proposals need a second person: data that administrators keep."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from unipay.approvals.kinds import all_kinds
from unipay.approvals.models import ApprovalRule
from unipay.backoffice.admin import HistoryMixin
from unipay.backoffice.roles import title_of


class ApprovalRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule whose kind, reason and action are chosen among those there are."""

    class Meta:
        model = ApprovalRule
        fields = (
            "kind",
            "action",
            "reason",
            "least_amount_fen",
            "needs_checker",
            "checked_by",
            "hours_valid",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = all_kinds()
        any_one = [("", _("any"))]
        offered = {
            "kind": [(kind.name, kind.title) for kind in kinds],
            "action": any_one + [choice for kind in kinds for choice in kind.actions],
            "reason": any_one + [choice for kind in kinds for choice in kind.reasons],
        }
        for name, choices in offered.items():
            if name in self.fields:
                field = self._meta.model._meta.get_field(name)
                self.fields[name] = forms.ChoiceField(
                    label=field.verbose_name,
                    help_text=field.help_text,
                    choices=choices,
                    required=name == "kind",
                    widget=UnfoldAdminSelectWidget,
                )


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The rules; the most precise one decides, and where none speaks nobody acts alone."""

    form = ApprovalRuleForm
    list_display = (
        "kind_title",
        "action_title",
        "reason_title",
        "least_amount_fen",
        "needs_checker",
        "role_title",
        "hours_valid",
    )
    list_select_related = ("checked_by",)
    ordering = ("kind", "action", "reason", "least_amount_fen")

    @admin.display(description=_("kind"))
    def kind_title(self, rule: ApprovalRule) -> str:
        """Return what staff call the kind."""
        return str(next((kind.title for kind in all_kinds() if kind.name == rule.kind), rule.kind))

    @admin.display(description=_("what is proposed"))
    def action_title(self, rule: ApprovalRule) -> str:
        """Return what staff call the action."""
        return _named(rule.action, [choice for kind in all_kinds() for choice in kind.actions])

    @admin.display(description=_("reason"))
    def reason_title(self, rule: ApprovalRule) -> str:
        """Return what staff call the reason."""
        return _named(rule.reason, [choice for kind in all_kinds() for choice in kind.reasons])

    @admin.display(description=_("checked by the role"))
    def role_title(self, rule: ApprovalRule) -> str:
        """Return what people call the role."""
        return str(title_of(rule.checked_by.name)) if rule.checked_by else str(_("any"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The rule for everything else of a kind stays: it can be changed."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and not (obj and not obj.action and not obj.reason and obj.least_amount_fen is None)


def _named(word: str, choices: list[tuple[str, Any]]) -> str:
    return str(dict(choices).get(word, word)) if word else str(_("any"))
