"""The forms by which people bring a partner's file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldBooleanWidget

from unipay.exchange.admin.choices import incoming_kinds, partners_for
from unipay.partners.models import Partner


class WhatItIsForm(forms.Form):
    """Whose file it is, of which kind, and for which day."""

    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("from"), widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(label=_("kind of file"), choices=incoming_kinds, widget=UnfoldAdminSelectWidget)
    business_date = forms.DateField(
        label=_("business date"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("Empty: the file's name or its header tells."),
    )
    is_declared_empty = forms.BooleanField(
        label=_("the partner says that there is nothing this time"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["partner"]
        choice.queryset = partners_for(user)
        choice.label_from_instance = lambda partner: f"{partner.title} ({partner.code})"


class UploadForm(WhatItIsForm):
    """The file as a whole, where no script takes it apart."""

    file = forms.FileField(label=_("file"), allow_empty_file=True)


class AnnouncedForm(WhatItIsForm):
    """A file that will come in pieces."""

    name = forms.CharField(max_length=240)
    size = forms.IntegerField(min_value=0)
    digest = forms.RegexField(r"\A[0-9a-f]{64}\Z", required=False)
