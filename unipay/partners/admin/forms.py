"""Forms of the partners' admin."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from unipay import msisdn
from unipay.partners.kinds import Direction, KeyAlgorithm
from unipay.partners.models import MaintenanceWindow, NumberSegment, Partner, PortedNumber, ResultCode

KEY_ID = RegexValidator(r"\A[A-Za-z0-9_-]{1,32}\Z", _("1 to 32 of A-Z a-z 0-9 _ -"))
PREFIX = RegexValidator(r"\A1[3-9][0-9]{1,5}\Z", _("The first 3 to 7 digits of mobile numbers."))


class AddKeyForm(forms.Form):
    """A public key a partner will sign with."""

    key_id = forms.CharField(label=_("key id"), validators=[KEY_ID], widget=UnfoldAdminTextInputWidget)
    algorithm = forms.ChoiceField(
        label=_("algorithm"), choices=KeyAlgorithm.choices, widget=UnfoldAdminSelectWidget
    )
    public_key = forms.CharField(
        label=_("public key (PEM)"),
        widget=UnfoldAdminTextareaWidget({"rows": 12, "placeholder": "-----BEGIN PUBLIC KEY-----"}),
    )
    valid_until = forms.SplitDateTimeField(
        label=_("valid until"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )


class MaintenanceWindowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A maintenance window by its two ends."""

    starts_at = forms.SplitDateTimeField(label=_("starts"), widget=UnfoldAdminSplitDateTimeWidget)
    ends_at = forms.SplitDateTimeField(label=_("ends"), widget=UnfoldAdminSplitDateTimeWidget)

    class Meta:
        model = MaintenanceWindow
        fields = ("remark",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(starts_at=self.instance.period.lower, ends_at=self.instance.period.upper)

    def clean(self) -> dict[str, Any]:
        """Put the two ends together; the window must end after it starts."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at:
            if ends_at <= starts_at:
                raise forms.ValidationError({"ends_at": _("It must end after it starts.")})
            self.instance.period = (starts_at, ends_at)
        return cleaned


class ResultCodeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A result code, of one partner or of a kind."""

    class Meta:
        model = ResultCode
        fields = ("kind", "partner", "direction", "operation", "code", "reason_code", "finality", "remark")

    def clean(self) -> dict[str, Any]:
        """A partner's own code is of the partner's kind."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        partner = cleaned.get("partner")
        if partner and cleaned.get("kind") and partner.kind != cleaned["kind"]:
            raise forms.ValidationError({"kind": _("The partner is of another kind.")})
        return cleaned


class CodeQuestionForm(forms.Form):
    """What would this code mean?"""

    partner = forms.ModelChoiceField(
        Partner.objects.order_by("kind", "code"), label=_("partner"), widget=UnfoldAdminSelectWidget
    )
    direction = forms.ChoiceField(
        label=_("direction"), choices=Direction.choices, widget=UnfoldAdminSelectWidget
    )
    operation = forms.CharField(label=_("operation"), required=False, widget=UnfoldAdminTextInputWidget)
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
