"""What people type on the simulated partners' pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from unipay import bank_card, clock, identity, msisdn
from unipay.errors import Text
from unipay.money import format_yuan, parse_yuan
from unipay.sandbox.bank import CHANNELS, TERMINATION_REASONS
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.province import NUMBER_EVENTS
from unipay.sandbox.roster import SIGNING_BANKS
from unipay.sandbox.wording import WORDS, name_of

_MOST_SECONDARY = 2000


_WRONG_NUMBER = _("A mobile number is eleven digits beginning with 13 to 19.")


def _checked(check: Any, text: str, wrong: Text) -> str:
    try:
        return str(check(text))
    except ValueError as error:
        raise ValidationError(str(wrong)) from error


def _today() -> str:
    return clock.business_date(clock.now()).isoformat()


class MsisdnField(forms.CharField):
    """A mobile number as people type it."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})

    def clean(self, value: Any) -> str:
        """Return eleven digits."""
        return _checked(msisdn.normalise, super().clean(value), _WRONG_NUMBER)


class SecondaryField(forms.CharField):
    """Several mobile numbers, separated by blanks or commas."""

    def clean(self, value: Any) -> list[str]:
        """Return each number as eleven digits."""
        text = super().clean(value)[:_MOST_SECONDARY]
        parts = text.replace("\uff0c", " ").replace(",", " ").split()
        return [_checked(msisdn.normalise, part, _WRONG_NUMBER) for part in parts]


class YuanField(forms.CharField):
    """An amount in yuan; its value is in fen."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self, value: Any) -> int:
        """Return fen."""
        return int(_checked(parse_yuan, super().clean(value), _("An amount is written as 50 or 50.00.")))


class MsisdnForm(forms.Form):
    """A subscriber's number alone."""

    msisdn = MsisdnField(label=_("Mobile number"))


class FileForm(forms.Form):
    """Which contract file to send: the day's changes or the whole list, of which business date."""

    period = forms.ChoiceField(
        label=_("Contract file"), choices=[("increment", _("daily increment")), ("full", _("monthly full"))]
    )
    business_date = forms.DateField(
        label=_("Business date"), widget=forms.DateInput(attrs={"type": "date"}), initial=_today
    )


class NumberForm(forms.Form):
    """A subscriber's number, with its secondary numbers."""

    msisdn = MsisdnField(label=_("Mobile number"))
    secondary_msisdns = SecondaryField(label=_("Secondary numbers"), required=False)


class HallForm(NumberForm):
    """Starting a signing at the hall; the bank may be chosen here or on Unipay's page."""

    bank_code = forms.ChoiceField(label=_("Bank"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen_later = [("", _("Choose on the next page"))]
        banks = [(bank.code, f"{bank.code} {name_of(bank)}") for bank in SIGNING_BANKS if not bank.is_virtual]
        self.fields["bank_code"].choices = chosen_later + banks  # type: ignore[attr-defined]


class CounterForm(NumberForm):
    """Asking Unipay to let a customer sign at the bank."""

    channel = forms.ChoiceField(label=_("Channel"), choices=[(name, WORDS[name]) for name in CHANNELS])


class TermsForm(forms.Form):
    """The terms within what the province offered: recharge terms for prepaid numbers, auto-pay for postpaid ones."""

    recharge_threshold_fen = YuanField(label=_("Recharge threshold (yuan)"))
    recharge_amount_fen = YuanField(label=_("Recharge amount (yuan)"))
    auto_pay = forms.BooleanField(label=_("Auto-pay"), required=False)

    def __init__(self, data: Any = None, *, contract: SandboxContract) -> None:
        super().__init__(data, initial=self.first_shown(contract))
        is_prepaid = (contract.offer or {}).get("user_type") != "POSTPAID"
        for name in ("auto_pay",) if is_prepaid else ("recharge_threshold_fen", "recharge_amount_fen"):
            del self.fields[name]

    def first_shown(self, contract: SandboxContract) -> dict[str, Any]:
        """Return what stands in the fields at first."""
        return initial_terms(contract)

    def terms(self) -> dict[str, Any]:
        """Return the terms as the wire has them."""
        return {name: self.cleaned_data[name] for name in TermsForm.base_fields if name in self.fields}


class SigningForm(TermsForm):
    """The bank's signing page: account, holder and terms."""

    account_number = forms.CharField(label=_("Card number"), max_length=32)
    holder_name = forms.CharField(label=_("Holder's name"), max_length=64)
    identity_no = forms.CharField(label=_("Identity number"), max_length=18)

    field_order = ["account_number", "holder_name", "identity_no"]

    def first_shown(self, contract: SandboxContract) -> dict[str, Any]:
        """Return the invented account and holder beside the terms."""
        kept = {name: getattr(contract, name) for name in SigningForm.field_order or ()}
        return {**super().first_shown(contract), **kept}

    def clean_account_number(self) -> str:
        """Return a card number with a right check digit."""
        number = self.cleaned_data["account_number"].replace(" ", "")
        return _checked(bank_card.validate_card, number, _("The card number is not valid."))

    def clean_identity_no(self) -> str:
        """Return an identity number with a right check digit."""
        return _checked(
            identity.validate, self.cleaned_data["identity_no"], _("The identity number is not valid.")
        )

    def fill(self, contract: SandboxContract) -> None:
        """Put account and holder into the bank's row."""
        contract.account_number = self.cleaned_data["account_number"]
        contract.account_mask = bank_card.mask(contract.account_number)
        contract.holder_name = self.cleaned_data["holder_name"]
        contract.identity_no = self.cleaned_data["identity_no"]
        contract.save(update_fields=["account_number", "account_mask", "holder_name", "identity_no"])


class TerminationForm(forms.Form):
    """Why a contract ends at the bank."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=[(name, WORDS[name]) for name in TERMINATION_REASONS]
    )


class NumberEventForm(forms.Form):
    """What happened to a number."""

    msisdn = MsisdnField(label=_("Mobile number"))
    event = forms.ChoiceField(label=_("Event"), choices=[(name, WORDS[name]) for name in NUMBER_EVENTS])


def initial_terms(contract: SandboxContract) -> dict[str, Any]:
    """Return what the form shows at first: the signed terms, else the province's defaults, in yuan."""
    offer = contract.offer or {}
    threshold = contract.terms.get("recharge_threshold_fen") or offer.get("threshold_default_fen") or 1000
    amount = contract.terms.get("recharge_amount_fen") or offer.get("amount_default_fen") or 5000
    return {
        "recharge_threshold_fen": format_yuan(threshold),
        "recharge_amount_fen": format_yuan(amount),
        "auto_pay": contract.terms.get("auto_pay", offer.get("auto_pay_allowed", False)),
    }
