"""What whoever checks must say."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget


class RemarkForm(forms.Form):
    """A remark, which is mandatory: whoever looks later must learn why."""

    remark = forms.CharField(
        label=_("remark"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("What you looked at, and why you agree or not."),
        error_messages={"required": _("Please say why.")},
    )
