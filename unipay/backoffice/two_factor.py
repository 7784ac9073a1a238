"""Two-factor login: setting it up, asking for it, replacing lost phones. The rules of django-otp hold throughout."""

from datetime import datetime, timedelta
from math import ceil

import django_otp
import segno
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_session_hash
from axes.models import AccessLog
from axes.utils import reset
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.contrib.sessions.backends.base import SessionBase
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
# A new key is good for this long, and in the session alone that asked for it.
WAITS = timedelta(minutes=30)

_WAITING = "unipay_waiting_app"


def new_authenticator(request: HttpRequest) -> Authenticator:
    """Make an app that waits to be confirmed by this session; one that another session asked for is of no use now."""
    user: User = person_of(request)
    with transaction.atomic():
        # Two pages asked for at once queue here.
        User.objects.select_for_update().get(pk=user.pk)
        Authenticator.objects.filter(user=user, confirmed=False).delete()
        app = Authenticator.objects.create(user=user, confirmed=False, name="app")
    request.session[_WAITING] = app.pk
    return app


def waiting_authenticator(request: HttpRequest) -> Authenticator | None:
    """Return the app that this session made and that still waits. Its key was shown to nobody else."""
    made_here = Authenticator.objects.filter(pk=request.session.get(_WAITING), user=person_of(request))
    return made_here.filter(confirmed=False, created_at__gt=timezone.now() - WAITS).first()


def forget_factor(session: SessionBase) -> None:
    """Let nothing remain in the session of a code given or a key asked for: only the password was given just now."""
    session.pop(django_otp.DEVICE_ID_SESSION_KEY, None)
    session.pop(_WAITING, None)


def qr_code(app: Authenticator) -> str:
    """Return the picture an authenticator app reads, as a data address."""
    picture: str = segno.make(app.address, error="m", micro=False).svg_data_uri(scale=5, border=3)
    return picture


def confirm(request: HttpRequest, code: str, *, now: datetime) -> list[str] | None:
    """Put this session's waiting app in the place of any former one when its code is right; return new backup codes.

    The session counts as verified by it from then on. None when the code is wrong.
    """
    user: User = person_of(request)
    waiting = waiting_authenticator(request)
    app = waiting and django_otp.verify_token(user, waiting.persistent_id, _plain(code))
    if app is None:
        return None
    with transaction.atomic():
        Authenticator.objects.filter(user=user, confirmed=True).delete()
        app.confirmed = True
        app.save(update_fields=["confirmed"])
        codes = new_backup_codes(user, now=now)
        note(user, AccountEventKind.SECOND_FACTOR_ENROLLED, by=user, now=now)
    request.session.pop(_WAITING, None)
    _enter(request, app)
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
    _enter(request, verified)
    forgive(request)
    if isinstance(verified, BackupCodes):
        detail = str(backup_codes_left(user))
        note(user, AccountEventKind.BACKUP_CODE_USED, by=user, now=now, detail=detail)
    return True


def seconds_to_wait(user: User, code: str) -> int:
    """Return for how long no code of this kind is looked at, because the last ones were wrong."""
    device = _device_for(user, code)
    until = (device.verify_is_allowed()[1] or {}).get("locked_until") if device else None
    return max(0, ceil((until - timezone.now()).total_seconds())) if until else 0


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


def _enter(request: HttpRequest, device: Device) -> None:
    """Let the session in under a new id: who got hold of the former one never gave a code."""
    before = get_client_session_hash(request)
    django_otp.login(request, device)
    request.session.cycle_key()
    # Or its log-out would be noted beside no log-in.
    noted = AccessLog.objects.filter(username=request.user.get_username(), session_hash=before)
    noted.update(session_hash=get_client_session_hash(request))


def _credentials(request: HttpRequest) -> dict[str, str]:
    return {"username": request.user.get_username()}


def _device_for(user: User, code: str) -> Device | None:
    kind = Authenticator if len(_plain(code)) == DIGITS else BackupCodes
    device: Device | None = kind.objects.devices_for_user(user, confirmed=True).first()
    return device


def _plain(code: str) -> str:
    return "".join(code.split())
