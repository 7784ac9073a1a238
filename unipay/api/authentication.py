"""Who signed the request: the Authorization header proven against the partner's key (design.md 5)."""

from datetime import datetime

import structlog
from django.db import connection
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from unipay import clock, signatures
from unipay.api import errors, throttling
from unipay.api.caller import Caller
from unipay.api.parsing import require_length
from unipay.api.problems import CHALLENGE
from unipay.errors import Refusal
from unipay.partners.keys import live_key
from unipay.partners.models import PartnerKey
from unipay.signatures import Credentials

CLOCK_TOLERANCE_SECONDS = 300

# The nonce need not survive a crash of the database: what it keeps out then is kept out by the inbox.
_USE_NONCE = """
    SELECT set_config('synchronous_commit', 'off', true);
    INSERT INTO api_usednonce (key_id, nonce, seen_at) VALUES (%s, %s, %s) ON CONFLICT (key_id, nonce) DO NOTHING
"""


class SignatureAuthentication(BaseAuthentication):
    """Proves the signature of every request; `request.user` is then the Caller."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        """Return the caller; raises Refusal (401), of which too many from one address become 429."""
        try:
            caller = _proven_caller(request._request, now=clock.now())
        except Refusal as refusal:
            if refusal.reason.status == 401:
                throttling.count_failure(request._request)
            raise
        structlog.contextvars.bind_contextvars(partner=caller.partner.code)
        return caller, None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return CHALLENGE


def sent_target(request: HttpRequest) -> str:
    """Return PATH?QUERY as the partner sent it, and signed it."""
    raw = request.META.get("RAW_URI", "")
    if raw.startswith("/"):
        return str(raw)
    query = request.META.get("QUERY_STRING", "")
    return escape_uri_path(request.path) + (f"?{query}" if query else "")


def _proven_caller(request: HttpRequest, *, now: datetime) -> Caller:
    require_length(request)
    credentials = _credentials(request)
    if abs(now.timestamp() - credentials.timestamp) > CLOCK_TOLERANCE_SECONDS:
        raise Refusal(errors.TIMESTAMP_OUT_OF_RANGE)
    key = live_key(credentials.partner, credentials.key)
    if key is None or not _is_signed_with(key, credentials, request):
        raise Refusal(errors.SIGNATURE_INVALID)
    _use_nonce(key, credentials.nonce, now=now)
    return Caller(key.partner, key, credentials.signature)


def _credentials(request: HttpRequest) -> Credentials:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header:
        raise Refusal(errors.SIGNATURE_MISSING)
    try:
        return signatures.parse_authorization(header)
    except ValueError as error:
        raise Refusal(errors.SIGNATURE_MALFORMED, str(error)) from error


def _is_signed_with(key: PartnerKey, credentials: Credentials, request: HttpRequest) -> bool:
    """The algorithm is the key's: a header that names another is not signed with this key."""
    if key.algorithm != credentials.algorithm:
        return False
    text = signatures.request_text(
        request.method or "", sent_target(request), credentials.timestamp, credentials.nonce, request.body
    )
    return signatures.verify(key.public_key, key.algorithm, text, credentials.signature)


def _use_nonce(key: PartnerKey, nonce: str, *, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_USE_NONCE, [key.pk, nonce, now])
        if cursor.rowcount != 1:
            raise Refusal(errors.NONCE_REPLAYED)
