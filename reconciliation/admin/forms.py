"""What people write when they move a run or set a discrepancy aside."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget


class RemarkForm(forms.Form):
    """Why: whoever looks later must learn it."""

    remark = forms.CharField(
        label=_("remark"),
        max_length=400,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("What you looked at, and whom you asked."),
        error_messages={"required": _("Please say why.")},
    )
