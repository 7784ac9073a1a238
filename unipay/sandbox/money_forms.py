"""What people type on the simulated partners' pages of money."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from unipay import clock
from unipay.sandbox.bank_money import SOURCES
from unipay.sandbox.forms import MsisdnField, YuanField
from unipay.sandbox.wording import WORDS


def _today() -> str:
    return clock.business_date(clock.now()).isoformat()


class OptionalMsisdnField(MsisdnField):
    """A mobile number, or nothing."""

    def clean(self, value: Any) -> str:
        """Return eleven digits, or nothing."""
        return super().clean(value) if value else ""


class SubjectForm(forms.Form):
    """A mobile number, or an agreement number."""

    msisdn = OptionalMsisdnField(label=_("Mobile number"), required=False)
    agreement_no = forms.RegexField(
        r"\A[0-9]{1,12}\Z",
        label=_("Agreement number"),
        required=False,
        help_text=_("Instead of a mobile number: up to twelve digits."),
    )

    needs_number = False

    def clean(self) -> dict[str, Any]:
        """Require one of the two; a corporate bill has both."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (cleaned.get("msisdn") or cleaned.get("agreement_no")):
            raise ValidationError(_("A mobile number or an agreement number is needed."))
        if self.needs_number and not cleaned.get("msisdn"):
            raise ValidationError(_("A bill is for a mobile number."))
        return cleaned


class RechargeForm(SubjectForm):
    """Paying at the bank."""

    amount_fen = YuanField(label=_("Amount (yuan)"), initial="50.00")
    source = forms.ChoiceField(label=_("Paid at"), choices=[(name, WORDS[name]) for name in SOURCES])


class MandateForm(SubjectForm):
    """Letting the bank debit an account for a number or an agreement."""


class BillForm(SubjectForm):
    """Billing a number, for a company under its agreement number."""

    amount_fen = YuanField(label=_("Amount (yuan)"), initial="58.00")

    needs_number = True


class RequestForm(forms.Form):
    """A request file that somebody brought by hand."""

    way = forms.ChoiceField(label=_("Way of debiting"))
    business_date = forms.DateField(
        label=_("Business date"), widget=forms.DateInput(attrs={"type": "date"}), initial=_today
    )
    file = forms.FileField(label=_("Request file"))

    def __init__(self, *args: Any, ways: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
