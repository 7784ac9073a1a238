"""Forms of the partners' admin."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from unipay import msisdn
from unipay.errors import Text
from unipay.partners import known_reasons
from unipay.partners.kinds import Direction
from unipay.partners.models import NumberSegment, Partner, PortedNumber, ResultCode
from unipay.partners.operations import TITLES

PREFIX = RegexValidator(r"\A1[3-9][0-9]{1,5}\Z", _("The first 3 to 7 digits of mobile numbers."))


def _operations() -> list[tuple[str, Text]]:
    """The operations we call, by name; empty is any."""
    return [("", _("any")), *sorted(TITLES.items(), key=lambda each: str(each[1]))]


def _reasons() -> list[tuple[Text, Any]]:
    """The reasons the flows know, below the operations they are for; empty is none."""
    return [("", "—"), *known_reasons.grouped()]


class ResultCodeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A result code, of one partner or of a kind."""

    operation = forms.ChoiceField(
        label=_("operation"), required=False, choices=_operations, widget=UnfoldAdminSelectWidget
    )
    reason_code = forms.ChoiceField(
        label=_("our reason"),
        required=False,
        choices=_reasons,
        widget=UnfoldAdminSelectWidget,
        help_text=_(
            "What follows a failed debit is told by the rules for failed debits; add a new reason there."
        ),
    )

    class Meta:
        model = ResultCode
        fields = ("kind", "partner", "direction", "operation", "code", "reason_code", "finality", "remark")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.reason_code
        if stored and all(stored not in dict(reasons) for _group, reasons in known_reasons.grouped()):
            choice: Any = self.fields["reason_code"]
            choice.choices = [*_reasons(), (stored, _("%(reason)s (nobody knows it)") % {"reason": stored})]

    def clean(self) -> dict[str, Any]:
        """A partner's own code is of the partner's kind, and its reason one that the operation's flows know."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        partner = cleaned.get("partner")
        if partner and cleaned.get("kind") and partner.kind != cleaned["kind"]:
            raise forms.ValidationError({"kind": _("The partner is of another kind.")})
        if {"reason_code", "operation"} <= cleaned.keys():
            known_reasons.require(
                cleaned["reason_code"], operation=cleaned["operation"], row_id=self.instance.pk
            )
        return cleaned


class CodeQuestionForm(forms.Form):
    """What would this code mean?"""

    partner = forms.ModelChoiceField(
        Partner.objects.order_by("kind", "code"), label=_("partner"), widget=UnfoldAdminSelectWidget
    )
    direction = forms.ChoiceField(
        label=_("direction"), choices=Direction.choices, widget=UnfoldAdminSelectWidget
    )
    operation = forms.ChoiceField(
        label=_("operation"), required=False, choices=_operations, widget=UnfoldAdminSelectWidget
    )
    code = forms.CharField(label=_("code"), widget=UnfoldAdminTextInputWidget)


class NumberSegmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A segment and the province its numbers are at home in."""

    prefix = forms.CharField(  # type: ignore[assignment]
        label=_("prefix"), validators=[PREFIX], widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = NumberSegment
        fields = ("prefix", "province", "city")


class PortedNumberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A number that is at home elsewhere than its segment says."""

    class Meta:
        model = PortedNumber
        fields = ("msisdn", "province")

    def clean_msisdn(self) -> str:
        """Read the number as people write it."""
        try:
            return msisdn.normalise(self.cleaned_data["msisdn"])
        except ValueError as error:
            raise forms.ValidationError(_("Not a mobile number.")) from error
