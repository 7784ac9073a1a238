"""Rules of passwords beyond Django's: none of the last five comes back, and one set by somebody else is replaced."""

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from unipay.backoffice.account_events import note
from unipay.backoffice.models import Account, AccountEventKind, PastPassword
from unipay.backoffice.standing import forget_standing


class NotOneOfTheLast:
    """A validator that remembers the hashes of a person's last passwords."""

    def __init__(self, number: int = 5) -> None:
        self.number = number

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the password is one of the last ones."""
        if user is None or user.pk is None:
            return
        kept = [past.password for past in user.past_passwords.order_by("-id")[: self.number]]
        # The one in use counts although it was never noted, as a password given by a command is not.
        if any(check_password(password, old) for old in dict.fromkeys([user.password, *kept]) if old):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Note the new hash, and let go of what is too old to count; Django calls it after each change."""
        if user is None or user.pk is None:
            return
        PastPassword.objects.create(user=user, password=user.password)
        old = user.past_passwords.order_by("-id").values_list("pk", flat=True)[self.number :]
        PastPassword.objects.filter(pk__in=list(old)).delete()

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("None of your last %(number)d passwords can be used again.") % {"number": self.number}


def set_by_other(user: User, *, by: User, now: datetime) -> None:
    """Somebody else has given the person a password: another one is chosen at the first log-in."""
    Account.objects.update_or_create(user=user, defaults={"must_change_password": True})
    note(user, AccountEventKind.PASSWORD_SET, by=by, now=now)


def changed_by_owner(user: User, *, now: datetime) -> None:
    """The person has chosen a password."""
    Account.objects.filter(user=user).update(must_change_password=False)
    forget_standing(user)
    note(user, AccountEventKind.PASSWORD_CHANGED, by=user, now=now)
