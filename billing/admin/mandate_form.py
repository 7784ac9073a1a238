"""What finance types of a mandate; the account is read once and never shown again unmasked."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

from billing.admin.forms import DayInput
from billing.selection import column_of
from billing.states import BY_CONTRACT, DebitWay
from unipay import msisdn
from unipay.backoffice.provinces import visible_provinces
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

_WAYS = [(way.value, way.label) for way in DebitWay if way not in BY_CONTRACT]


class MandateForm(forms.Form):
    """What a mandate says; the account is typed once and never shown again unmasked."""

    way = forms.ChoiceField(label=gettext_lazy("way"), choices=_WAYS, widget=UnfoldAdminSelectWidget)
    bank = forms.ModelChoiceField(
        Partner.objects.none(), label=gettext_lazy("bank"), widget=UnfoldAdminSelectWidget
    )
    province = forms.ModelChoiceField(
        Partner.objects.none(), label=gettext_lazy("province"), widget=UnfoldAdminSelectWidget
    )
    mandate_no = forms.CharField(label=gettext_lazy("bank's mandate number"), max_length=64, widget=TextInput)
    agreement_no = forms.CharField(
        label=gettext_lazy("agreement number"),
        max_length=32,
        required=False,
        widget=TextInput,
        help_text=gettext_lazy("For collection and offline collection; leave the mobile number empty then."),
    )
    msisdn = forms.CharField(
        label=gettext_lazy("mobile number"),
        max_length=20,
        required=False,
        widget=TextInput,
        help_text=gettext_lazy("For one-card; leave the agreement number empty then."),
    )
    account_number = forms.CharField(
        label=gettext_lazy("account"), max_length=32, widget=TextInput(attrs={"autocomplete": "off"})
    )
    holder_name = forms.CharField(
        label=gettext_lazy("holder"), max_length=80, widget=TextInput(attrs={"autocomplete": "off"})
    )
    signed_on = forms.DateField(label=gettext_lazy("signed on"), widget=DayInput)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = visible_provinces(person)
        provinces = Partner.objects.filter(kind=PartnerKind.PROVINCE).order_by("code")
        banks: Any = self.fields["bank"]
        homes: Any = self.fields["province"]
        banks.queryset = Partner.objects.filter(kind=PartnerKind.BANK).order_by("code")
        homes.queryset = provinces if visible is None else provinces.filter(pk__in=sorted(visible))
        banks.label_from_instance = homes.label_from_instance = lambda each: f"{each.title} ({each.code})"

    def clean_msisdn(self) -> str:
        """A whole number, however it is typed."""
        typed: str = self.cleaned_data["msisdn"]
        try:
            return msisdn.normalise(typed) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(_("This is not a mobile number.")) from error

    def clean(self) -> dict[str, Any]:
        """One of both, and never both; the one whose bills its way debits."""
        said = super().clean() or {}
        if bool(said.get("agreement_no")) == bool(said.get("msisdn")):
            raise forms.ValidationError(_("Give the agreement number or the mobile number, one of them."))
        if said.get("way") and not said.get(column_of(said["way"])):
            raise forms.ValidationError(_by_its_way(column_of(said["way"])))
        return said


def _by_its_way(column: str) -> str:
    """Say what mandates of the way are for: one for something else would never be debited."""
    if column == "msisdn":
        return _("One-card debits numbers: give the mobile number.")
    return _("Collection debits agreements: give the agreement number.")
