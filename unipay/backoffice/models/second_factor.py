"""The second factor of a login: an authenticator app (RFC 6238), and backup codes for when it is lost.

The devices are django-otp's, whose rules of sessions, locking and throttling hold; the key is sealed at rest and of
the codes only digests are kept.
"""

import base64
import secrets
import time
from binascii import unhexlify
from typing import Any
from urllib.parse import quote, urlencode

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from unipay import encryption
from unipay.sealed_field import SealedTextField

ISSUER = "Unipay"
DIGITS = 6
STEP_SECONDS = 30
# One step back and one forward: clocks of phones differ.
TOLERANCE_STEPS = 1

_KEY_BYTES = 20
_CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_CODE_LENGTH = 10


def random_key() -> str:
    """Return a new key in hex, 160 bits as RFC 4226 asks."""
    return secrets.token_hex(_KEY_BYTES)


def random_backup_code() -> str:
    """Return a code such as "k7m2p-x9f4t": 49 bits, and no letters that look alike."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _each in range(_CODE_LENGTH))
    return f"{letters[: _CODE_LENGTH // 2]}-{letters[_CODE_LENGTH // 2 :]}"


class Authenticator(TimestampMixin, ThrottlingMixin, Device):  # type: ignore[misc]
    """An app on somebody's phone that shows a new code every half minute. Each code is good once."""

    key = SealedTextField(context="authenticator.key", verbose_name=_("key"), default=random_key)
    drift: Any = models.SmallIntegerField(_("drift (steps)"), default=0)
    last_t: Any = models.BigIntegerField(_("last step"), default=-1)

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "confirmed"], name="one_authenticator_per_person"),
        ]

    @property
    def secret(self) -> str:
        """The key as people type it into an app when its camera fails."""
        return base64.b32encode(unhexlify(self.key)).decode()

    @property
    def address(self) -> str:
        """The otpauth address that a QR code carries into the app."""
        asked = {"secret": self.secret, "issuer": ISSUER, "digits": DIGITS, "period": STEP_SECONDS}
        return f"otpauth://totp/{quote(f'{ISSUER}:{self.user.get_username()}')}?{urlencode(asked)}"

    def get_throttle_factor(self) -> int:
        """After n wrong codes, wait 2^(n-1) seconds."""
        return 1

    def verify_token(self, token: str) -> bool:
        """Tell whether the code is this moment's and was not used before; the row must be locked by the caller."""
        if not self.verify_is_allowed()[0]:
            return False
        totp = TOTP(unhexlify(self.key), STEP_SECONDS, digits=DIGITS, drift=self.drift)
        totp.time = time.time()
        is_code = token.isascii() and token.isdigit() and len(token) == DIGITS
        if not is_code or not totp.verify(int(token), TOLERANCE_STEPS, self.last_t + 1):
            self.throttle_increment()
            return False
        self.last_t, self.drift = totp.t(), totp.drift
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp()
        return True


class BackupCodes(TimestampMixin, ThrottlingMixin, Device):  # type: ignore[misc]
    """The sheet of single-use codes somebody keeps for the day the phone is lost."""

    class Meta:
        verbose_name = _("sheet of backup codes")
        verbose_name_plural = _("sheets of backup codes")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user"], name="one_sheet_of_backup_codes")]

    def get_throttle_factor(self) -> int:
        """After n wrong codes, wait 2^(n-1) seconds."""
        return 1

    def verify_token(self, token: str) -> bool:
        """Tell whether the code is on the sheet, and strike it out; the row must be locked by the caller."""
        if not self.verify_is_allowed()[0]:
            return False
        used, _each = self.codes.filter(digest=self.digest(token)).delete()
        if not used:
            self.throttle_increment()
            return False
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp()
        return True

    def digest(self, code: str) -> str:
        """Return what is kept of a code, however it was typed."""
        plain = "".join(letter for letter in code.lower() if letter in _CODE_LETTERS)
        return encryption.default().blind_index(f"{self.user_id}:{plain}", context="backup_code")


class BackupCode(models.Model):
    """One code that was not used yet."""

    sheet = models.ForeignKey(
        BackupCodes, models.CASCADE, related_name="codes", verbose_name=_("sheet of backup codes")
    )
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("backup code")
        verbose_name_plural = _("backup codes")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["sheet", "digest"], name="backup_code_is_unique")]

    def __str__(self) -> str:
        return f"{self.sheet_id}"
