"""What people type about money: amounts in yuan, and days."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

from billing.debit_errors import DEBIT_DATE_PAST
from unipay import clock
from unipay.backoffice.admin.deeds import RemarkForm
from unipay.money import format_yuan, parse_yuan
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


class DayInput(TextInput):  # type: ignore[misc]
    """A day, by the browser's own calendar."""

    input_type = "date"


class YuanField(forms.CharField):
    """An amount in yuan, read exactly as fen: "1,234.50"."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TextInput(attrs={"inputmode": "decimal", "placeholder": "0.00"}))
        super().__init__(max_length=24, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the fen; None for nothing where nothing is allowed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_yuan(text.strip())
        except ValueError as error:
            raise forms.ValidationError(_("An amount in yuan, such as 1234.50.")) from error

    def prepare_value(self, value: Any) -> Any:
        """Show fen as yuan; what was typed stays as it was."""
        return format_yuan(value) if isinstance(value, int) else value


class DayForm(forms.Form):
    """A bank, its day, and what its statement says."""

    bank = forms.ModelChoiceField(
        Partner.objects.filter(kind=PartnerKind.BANK).order_by("code"),
        label=_("bank"),
        widget=UnfoldAdminSelectWidget,
    )
    business_date = forms.DateField(label=_("business date"), widget=DayInput)
    amount_fen = YuanField(
        label=_("amount on the bank's statement (yuan)"),
        help_text=_("What the bank says it took that day, reversals left out."),
    )
    remark = forms.CharField(label=_("remark"), max_length=200, required=False, widget=TextInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["bank"]
        choice.label_from_instance = lambda partner: f"{partner.title} ({partner.code})"


class PeriodForm(forms.Form):
    """From one business day to another."""

    begins = forms.DateField(label=_("from the day"), widget=DayInput)
    ends = forms.DateField(label=_("to the day"), widget=DayInput)


class MoveForm(RemarkForm):
    """Where to, and why."""

    to = forms.DateField(label=_("new day"), widget=DayInput)
    field_order = ("to", "remark")

    def clean_to(self) -> date:
        """What is past is refused while there is still a form to put it right."""
        to: date = self.cleaned_data["to"]
        if to < clock.business_date(clock.now()):
            raise forms.ValidationError(str(DEBIT_DATE_PAST.title))
        return to
