"""Forms by which keys are added and rotated."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from unipay.partners.keys import ROTATION_NOTICE
from unipay.partners.kinds import KeyAlgorithm
from unipay.partners.models import Partner, PartnerKey

KEY_ID = RegexValidator(r"\A[A-Za-z0-9_-]{1,32}\Z", _("1 to 32 of A-Z a-z 0-9 _ -"))


class AddKeyForm(forms.Form):
    """A public key a partner will sign with, and the key it replaces, if it replaces one."""

    key_id = forms.CharField(label=_("key id"), validators=[KEY_ID], widget=UnfoldAdminTextInputWidget)
    algorithm = forms.ChoiceField(
        label=_("algorithm"), choices=KeyAlgorithm.choices, widget=UnfoldAdminSelectWidget
    )
    public_key = forms.CharField(
        label=_("public key (PEM)"),
        widget=UnfoldAdminTextareaWidget({"rows": 12, "placeholder": "-----BEGIN PUBLIC KEY-----"}),
        help_text=_("It counts at once, beside the old one."),
    )
    valid_until = forms.SplitDateTimeField(
        label=_("valid until"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("Empty: until it is replaced or retired."),
    )
    replaces = forms.ModelChoiceField(
        PartnerKey.objects.none(),
        label=_("replaces"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        empty_label=_("no key: it comes in addition"),
    )
    old_ends_at = forms.SplitDateTimeField(
        label=_("the old key counts until"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("Time for the partner to change over; both count meanwhile."),
    )

    def __init__(self, *args: Any, partner: Partner, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        live = [key for key in partner.keys.filter(retired_at=None) if key.is_live(now)]
        replaces = self.fields["replaces"]
        assert isinstance(replaces, forms.ModelChoiceField)
        replaces.queryset = partner.keys.filter(pk__in=[key.pk for key in live])
        self.initial.setdefault("old_ends_at", now + ROTATION_NOTICE)
        if live:
            self.initial.setdefault("replaces", live[0].pk)
            self.initial.setdefault("algorithm", live[0].algorithm)

    def clean(self) -> dict[str, Any]:
        """A key that is replaced has an end, which is to come."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("replaces") and "old_ends_at" not in self.errors:
            ends_at = cleaned.get("old_ends_at")
            if ends_at is None or ends_at <= self.now:
                raise forms.ValidationError({"old_ends_at": _("Say until when, later than now.")})
        return cleaned


class RotateOwnKeyForm(forms.Form):
    """When our next key begins to sign."""

    algorithm = forms.ChoiceField(
        label=_("algorithm"), choices=KeyAlgorithm.choices, widget=UnfoldAdminSelectWidget
    )
    signs_from = forms.SplitDateTimeField(
        label=_("signs from"),
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("It is published at once: partners need the time until then to fetch it."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.initial.setdefault("signs_from", now + ROTATION_NOTICE)

    def clean_signs_from(self) -> datetime:
        """It must be published before it signs."""
        signs_from: datetime = self.cleaned_data["signs_from"]
        if signs_from <= self.now:
            raise forms.ValidationError(_("It must be later than now, so that partners can fetch it first."))
        return signs_from


class OnlyKeyForm(forms.Form):
    """Somebody who ends the only key says that they know."""

    knows = forms.BooleanField(
        label=_("I know that no other key counts, and what follows from it."), widget=UnfoldBooleanWidget
    )
