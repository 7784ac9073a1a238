"""What the subscriber says on the agreement page: yes, and with which bank (domain.md A1)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unipay.partners.models import Partner


class ConsentForm(forms.Form):
    """Consent, and the bank among those that can be signed with now."""

    bank_code = forms.ChoiceField(
        error_messages={
            "required": _("Please choose your bank."),
            "invalid_choice": _("This bank takes no signings at the moment. Please choose another one."),
        }
    )
    consent = forms.BooleanField(
        error_messages={"required": _("Please read the agreement and tick the box to go on.")}
    )

    def __init__(self, *args: Any, banks: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.banks = banks
        field = self.fields["bank_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(bank.code, bank.title) for bank in banks]
        if len(banks) == 1:
            field.initial = banks[0].code
