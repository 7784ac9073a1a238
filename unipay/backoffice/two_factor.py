"""Two-factor login: setting it up, asking for it, replacing lost phones. The rules of django-otp hold throughout."""

from datetime import datetime
from math import ceil

import django_otp
import segno
from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp.models import Device

from unipay.backoffice.account_events import note
from unipay.backoffice.client_address import client_address
from unipay.backoffice.models import AccountEventKind, Authenticator, BackupCode, BackupCodes
from unipay.backoffice.models.second_factor import DIGITS, random_backup_code
from unipay.backoffice.person import person_of
from unipay.backoffice.sessions import end_all
from unipay.backoffice.standing import forget_standing

BACKUP_CODES = 10


def new_authenticator(user: User) -> Authenticator:
    """Return the app that waits to be confirmed, the same one until it is."""
    app, _is_new = Authenticator.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return app


def qr_code(app: Authenticator) -> str:
    """Return the picture an authenticator app reads, as a data address."""
    picture: str = segno.make(app.address, error="m", micro=False).svg_data_uri(scale=5, border=3)
    return picture


def confirm(request: HttpRequest, code: str, *, now: datetime) -> list[str] | None:
    """Put the waiting app in the place of any former one when its code is right; return new backup codes, else None.

    The session counts as verified by it from then on.
    """
    user: User = person_of(request)
    app = django_otp.verify_token(user, new_authenticator(user).persistent_id, _plain(code))
    if app is None:
        return None
    with transaction.atomic():
        Authenticator.objects.filter(user=user, confirmed=True).delete()
        app.confirmed = True
        app.save(update_fields=["confirmed"])
        codes = new_backup_codes(user, now=now)
        note(user, AccountEventKind.SECOND_FACTOR_ENROLLED, by=user, now=now)
    django_otp.login(request, app)
    forget_standing(user)
    return codes


@transaction.atomic
def new_backup_codes(user: User, *, now: datetime) -> list[str]:
    """Put a new sheet of codes in the place of the old one, and return them: they are never shown again."""
    BackupCodes.objects.filter(user=user).delete()
    sheet = BackupCodes.objects.create(user=user, name="codes")
    codes = [random_backup_code() for _each in range(BACKUP_CODES)]
    BackupCode.objects.bulk_create(BackupCode(sheet=sheet, digest=sheet.digest(code)) for code in codes)
    note(user, AccountEventKind.BACKUP_CODES_MADE, by=user, now=now)
    return codes


def backup_codes_left(user: User) -> int:
    """Return how many codes of the person's sheet were not used yet."""
    return BackupCode.objects.filter(sheet__user=user).count()


def verify(request: HttpRequest, code: str, *, now: datetime) -> bool:
    """Verify this session by a code of the app or of the sheet; a wrong one counts towards a lock-out."""
    user: User = person_of(request)
    device = _device_for(user, code)
    verified = device and django_otp.verify_token(user, device.persistent_id, _plain(code))
    if not verified:
        count_failure(request)
        return False
    django_otp.login(request, verified)
    forgive(request)
    if isinstance(verified, BackupCodes):
        detail = str(backup_codes_left(user))
        note(user, AccountEventKind.BACKUP_CODE_USED, by=user, now=now, detail=detail)
    return True


def seconds_to_wait(user: User) -> int:
    """Return for how long no code is looked at, because the last ones were wrong."""
    devices = django_otp.devices_for_user(user, confirmed=True)
    until = [(device.verify_is_allowed()[1] or {}).get("locked_until") for device in devices]
    waits = [(moment - timezone.now()).total_seconds() for moment in until if moment]
    return max(0, ceil(max(waits, default=0)))


def reset_by(user: User, *, by: User, now: datetime) -> None:
    """Take away a colleague's lost second factor and end the colleague's sessions; the colleague is told."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        BackupCodes.objects.filter(user=user).delete()
        note(user, AccountEventKind.SECOND_FACTOR_RESET, by=by, now=now)
        end_all(user, by=by, now=now)


def is_locked_out(request: HttpRequest) -> bool:
    """Tell whether too many passwords or codes were wrong of late."""
    allowed: bool = AxesProxyHandler.is_allowed(request, _credentials(request))
    return not allowed


def count_failure(request: HttpRequest) -> None:
    """Count a wrong code, or a wrong password given again, as a failed log-in."""
    user_login_failed.send(sender=__name__, credentials=_credentials(request), request=request)


def forgive(request: HttpRequest) -> None:
    """Forget the failures of this person at this address: the log-in is complete."""
    reset(ip=client_address(request), username=request.user.get_username())


def _credentials(request: HttpRequest) -> dict[str, str]:
    return {"username": request.user.get_username()}


def _device_for(user: User, code: str) -> Device | None:
    kind = Authenticator if len(_plain(code)) == DIGITS else BackupCodes
    device: Device | None = kind.objects.devices_for_user(user, confirmed=True).first()
    return device


def _plain(code: str) -> str:
    return "".join(code.split())
