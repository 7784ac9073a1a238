"""Forms of one's own account: codes, the password given again, the reason of an emergency."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from unipay.backoffice.two_factor import count_failure, is_locked_out

SHORTEST_REASON = 10


class CodeForm(forms.Form):
    """A code of the authenticator app, or one from the sheet of backup codes."""

    code = forms.CharField(
        label=_("verification code"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "one-time-code", "autofocus": "", "inputmode": "text", "spellcheck": "false"}
        ),
    )


class PasswordAgainForm(forms.Form):
    """The person's own password once more; a wrong one counts as a failed log-in."""

    password = forms.CharField(
        label=_("your password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Compare it with the account's."""
        password: str = self.cleaned_data["password"]
        if is_locked_out(self.request):
            raise ValidationError(_("Too many attempts failed: wait half an hour."))
        if not self.request.user.check_password(password):
            count_failure(self.request)
            raise ValidationError(_("That is not your password."))
        return password


class BreakGlassForm(PasswordAgainForm):
    """Why the administrator's rights are needed now."""

    reason = forms.CharField(
        label=_("reason"),
        max_length=300,
        validators=[MinLengthValidator(SHORTEST_REASON)],
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("What is wrong, and what you are going to do. Administrators and auditors read it."),
    )

    field_order = ("reason", "password")
