"""A simulated online hall: checks eligibility with the province, sends the subscriber to Unipay's page, and
hears the outcome from the bank or from Unipay (domain.md A1)."""

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from unipay import clock
from unipay.errors import TransportFailed, Unanswered
from unipay.sandbox import client, messages
from unipay.sandbox.conduct import Said
from unipay.sandbox.models import SandboxSession
from unipay.sandbox.province import offer_for
from unipay.sandbox.roster import HALL

UNIPAY = "UNIPAY"


def open_session(
    msisdn: str, *, bank_code: str = "", secondary_msisdns: list[str] | None = None, language: str = ""
) -> tuple[SandboxSession, client.Reply]:
    """Open a signing at Unipay for a subscriber who is logged in at the hall; redirect_url is where to go next."""
    request_no = f"H{clock.now():%Y%m%d}-{secrets.token_hex(8)}"
    session = SandboxSession.objects.create(
        partner_code=HALL.code,
        request_no=request_no,
        msisdn=msisdn,
        bank_code=bank_code,
        opened_at=clock.now(),
    )
    reply = client.post_until_answered(
        HALL.code, "/signing-sessions", _order(session, secondary_msisdns, language)
    )
    session.state = str(reply.body.get("state") or reply.code)[:16]
    session.session_no = str(reply.body.get("session_no") or "")
    session.redirect_url = str(reply.body.get("redirect_url") or "")
    session.failure_code = reply.code[:64]
    session.save()
    return session, reply


def outcome_url(request_no: str) -> str:
    """Return the address Unipay sends the subscriber back to."""
    return settings.UNIPAY_SANDBOX_URL + reverse("sandbox:hall_outcome", args=[request_no])


def ask_unipay(session: SandboxSession) -> dict[str, Any]:
    """Return GET /signing-sessions/{no} as Unipay answers it now; empty when it does not."""
    if not session.session_no:
        return {}
    try:
        return client.get(session.partner_code, f"/signing-sessions/{session.session_no}").body
    except (TransportFailed, Unanswered):
        return {}


@transaction.atomic
def take_outcome(code: str, notice: dict[str, Any]) -> Said:
    """Hear the outcome of a session from Unipay; the same event again changes nothing."""
    session = SandboxSession.objects.select_for_update().filter(session_no=notice["session_no"]).first()
    if session is not None and session.last_event != messages.event_id_of(notice):
        session.last_event = messages.event_id_of(notice)
        session.last_version = notice["resource_version"]
        _note_outcome(session, notice, told_by=UNIPAY)
    return Said()


@transaction.atomic
def hear_from_bank(session_no: str, *, bank_code: str, outcome: dict[str, Any]) -> None:
    """Hear the outcome from a bank that tells the hall itself."""
    session = SandboxSession.objects.select_for_update().filter(session_no=session_no).first()
    if session is not None:
        session.bank_code = bank_code  # the subscriber may have chosen it at Unipay only
        _note_outcome(session, outcome, told_by=bank_code)


def _note_outcome(session: SandboxSession, outcome: dict[str, Any], *, told_by: str) -> None:
    session.state = outcome["state"]
    session.told_by, session.told_at = told_by, clock.now()
    session.contract_no = outcome.get("contract_no") or ""
    session.contract_state = outcome.get("contract_state") or ""
    session.failure_code = outcome.get("failure_code") or ""
    session.save()


def _order(session: SandboxSession, secondary_msisdns: list[str] | None, language: str) -> dict[str, Any]:
    order: dict[str, Any] = {
        "request_no": session.request_no,
        "msisdn": session.msisdn,
        "return_url": outcome_url(session.request_no),
        "terms_offer": offer_for(session.msisdn),
    }
    if session.bank_code:
        order["bank_code"] = session.bank_code
    if secondary_msisdns:
        order["secondary_msisdns"] = secondary_msisdns
    if language:
        order["language"] = language
    return order
