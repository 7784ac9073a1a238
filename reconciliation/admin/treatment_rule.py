"""What is done about each difference: the domain's own table, and the rules by which a partner departs from it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin

from reconciliation.admin.rule_table import tables
from reconciliation.models import TreatmentRule
from reconciliation.states import AGAINST_BANK, Difference, Treatment
from reconciliation.treatment import ALLOWED, DEFAULTS
from unipay.backoffice.admin import HistoryMixin
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

_KINDS = (PartnerKind.BANK, PartnerKind.PROVINCE)


class TreatmentRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule whose treatment makes sense for its difference, and whose difference can occur with its partner."""

    class Meta:
        model = TreatmentRule
        fields = ("partner", "period", "difference", "treatment", "remark")
        help_texts = {
            "partner": _("Empty: all that have no rule of their own."),
            "period": _("Empty: daily increments and monthly full lists alike."),
            "remark": _("Why this partner is treated otherwise, and who said so."),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse what would never apply."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("difference") and said.get("treatment"):
            self._require_allowed(Difference(said["difference"]), Treatment(said["treatment"]))
        if said.get("difference") and said.get("partner"):
            self._require_side(Difference(said["difference"]), said["partner"])
        return said

    def _require_allowed(self, difference: Difference, treatment: Treatment) -> None:
        allowed = ALLOWED[difference]
        if treatment not in allowed:
            named = ", ".join(str(each.label) for each in allowed)
            self.add_error(
                "treatment", _("About this difference one can only: %(allowed)s.") % {"allowed": named}
            )
        elif treatment == DEFAULTS[difference] and not self.data.get("partner"):
            self.add_error("treatment", _("That is done anyway: no rule is needed."))

    def _require_side(self, difference: Difference, partner: Partner) -> None:
        is_banks = difference in AGAINST_BANK
        if is_banks != (partner.kind == PartnerKind.BANK):
            self.add_error("partner", _("Such a difference does not occur with this partner."))


@admin.register(TreatmentRule)
class TreatmentRuleAdmin(HistoryMixin, ModelAdmin):  # type: ignore[misc]
    """The rules; above them what applies now, partner by partner."""

    form = TreatmentRuleForm
    list_display = ("difference", "treatment", "whose", "when", "remark")
    list_filter = ("difference", "period")
    list_select_related = ("partner",)
    ordering = ("difference", "partner__code", "period")
    list_before_template = "reconciliation/rules_above.html"
    empty_text = _("No rule departs from what is usually done: the tables above hold for every partner.")

    class Media:
        """The looks of the tables."""

        css = {"all": ("backoffice/sheet.css", "reconciliation/reconciliation.css")}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer those whose books are compared; none means all."""
        if db_field.name == "partner":
            kwargs |= {"queryset": Partner.objects.filter(kind__in=_KINDS).order_by("kind", "code")}
            kwargs |= {"empty_label": _("all that have no rule of their own")}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show above the list what applies to the partner that is looked at."""
        asked = request.GET.copy()
        code = str(asked.pop("of", [""])[0])
        request.GET = asked  # type: ignore[assignment]
        partners = list(Partner.objects.filter(kind__in=_KINDS).order_by("kind", "code"))
        partner = next((each for each in partners if each.code == code), None)
        rules = list(TreatmentRule.objects.select_related("partner"))
        context = {"partners": partners, "partner": partner, "tables": tables(rules, partner)}
        answered: HttpResponse = super().changelist_view(request, {**context, **(extra_context or {})})
        return answered

    @admin.display(description=_("partner"))
    def whose(self, rule: TreatmentRule) -> str:
        """Return whom it is for."""
        return str(rule.partner.title) if rule.partner else str(_("all that have no rule of their own"))

    @admin.display(description=pgettext_lazy("reconciliation", "period"))
    def when(self, rule: TreatmentRule) -> str:
        """Return what it is for."""
        return rule.get_period_display() or str(_("increments and full lists"))
