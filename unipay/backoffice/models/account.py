"""What is kept about the account of a member of staff beside Django's own row."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Account(models.Model):
    """Made when it is first needed. Sessions that began before `sessions_since` have ended."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="account", verbose_name=_("person")
    )
    must_change_password = models.BooleanField(_("must choose a new password"), default=False)
    sessions_since = models.DateTimeField(_("sessions count from"), null=True, blank=True)
    events_seen_at = models.DateTimeField(_("news seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)


class PastPassword(models.Model):
    """The hash of a password somebody had, so that it does not come back too soon."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="past_passwords", verbose_name=_("person")
    )
    password = models.CharField(_("password"), max_length=128)

    class Meta:
        verbose_name = _("past password")
        verbose_name_plural = _("past passwords")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}"


class AccountEventKind(models.TextChoices):
    """What can happen to an account."""

    PASSWORD_CHANGED = "PASSWORD_CHANGED", _("password changed")
    PASSWORD_SET = "PASSWORD_SET", _("password set by somebody else")
    SECOND_FACTOR_ENROLLED = "SECOND_FACTOR_ENROLLED", _("two-factor login set up")
    SECOND_FACTOR_RESET = "SECOND_FACTOR_RESET", _("two-factor login reset by somebody else")
    BACKUP_CODES_MADE = "BACKUP_CODES_MADE", _("new backup codes made")
    BACKUP_CODE_USED = "BACKUP_CODE_USED", _("logged in with a backup code")
    SESSIONS_ENDED = "SESSIONS_ENDED", _("logged out everywhere")
    RIGHTS_CHANGED = "RIGHTS_CHANGED", _("rights or provinces changed")
    BREAK_GLASS_ENDED = "BREAK_GLASS_ENDED", _("break-glass ended by somebody else")


class AccountEvent(models.Model):
    """One thing that happened to an account, and by whose hand. Append-only, by trigger."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("person")
    )
    kind = models.CharField(_("what"), max_length=32, choices=AccountEventKind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("by whom")
    )
    detail = models.CharField(_("particulars"), max_length=300, blank=True)
    at = models.DateTimeField(pgettext_lazy("time", "happened"))

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["user", "-id"], name="account_event_by_user")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
