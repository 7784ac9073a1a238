"""A simulated province CRM: decides eligibility, keeps its own book of contracts, sends SMS, and announces
what happened to numbers (domain.md A1 to A3, A5)."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from unipay import clock
from unipay.sandbox import client, messages
from unipay.sandbox.conduct import Said
from unipay.sandbox.models import SandboxContract, SandboxNumber, SandboxSms
from unipay.sandbox.roster import BANKS
from unipay.sandbox.scenarios import (
    CHECK_ELIGIBILITY,
    CONTRACT_CHANGED,
    CORRECT_CONTRACTS,
    Effect,
    Scenario,
    Side,
    is_reserved,
    scenario_in,
)
from unipay.sandbox.states import BookState, NumberStatus, Role

PREPAID_OFFER = {
    "user_type": "PREPAID",
    "threshold_default_fen": 1000,
    "threshold_max_fen": 5000,
    "amount_default_fen": 5000,
    "amount_max_fen": 50000,
    "auto_pay_allowed": False,
}
POSTPAID_OFFER = {"user_type": "POSTPAID", "auto_pay_allowed": True}
JOINED_NETWORK_AT = datetime(2015, 6, 1, 2, tzinfo=UTC)
NUMBER_NOT_NORMAL = "2001"
NUMBER_EVENTS = ("NUMBER_CLOSED", "OWNERSHIP_TRANSFERRED", "NUMBER_RECYCLED")

_BOOK_STATES = {
    "SIGNED": BookState.SIGNED,
    "AMENDED": BookState.SIGNED,
    "RESUMED": BookState.SIGNED,
    "SUSPENDED": BookState.SUSPENDED,
    "TERMINATED": BookState.TERMINATED,
}
_SMS = {
    "SIGNED": "【中国移动】您的号码{msisdn}已签约{bank}，账户{account}。",
    "AMENDED": "【中国移动】您的号码{msisdn}与{bank}的签约已变更。",
    "SUSPENDED": "【中国移动】您的号码{msisdn}与{bank}的签约已暂停扣款。",
    "RESUMED": "【中国移动】您的号码{msisdn}与{bank}的签约已恢复。",
    "TERMINATED": "【中国移动】您的号码{msisdn}与{bank}的签约已解除。",
}


def offer_for(msisdn: str) -> dict[str, Any]:
    """Return what the province allows a number: even and reserved numbers are prepaid, odd ones postpaid."""
    is_prepaid = is_reserved(msisdn) or int(msisdn[-1]) % 2 == 0
    return dict(PREPAID_OFFER if is_prepaid else POSTPAID_OFFER)


def refusal_at_hall(msisdn: str) -> Scenario | None:
    """Return why the province does not let a number sign when the hall asks it, None when it does (A1 step 2)."""
    scenario = scenario_in(CHECK_ELIGIBILITY, msisdn=msisdn)
    if scenario is not None and scenario.effect in (Effect.REFUSED, Effect.ALREADY_SIGNED):
        return scenario
    return None


def eligibility(code: str, asked: dict[str, Any]) -> Said:
    """Decide whether a number may sign: already signed, not normal, or allowed with its terms."""
    msisdn = messages.msisdn_of(asked)
    scenario = scenario_in(CHECK_ELIGIBILITY, msisdn=msisdn)
    if scenario is not None and scenario.effect is Effect.ALREADY_SIGNED:
        return _already_signed(msisdn)
    number = SandboxNumber.objects.filter(msisdn=msisdn).first()
    if number is not None and number.status != NumberStatus.NORMAL:
        body = {"result_code": NUMBER_NOT_NORMAL, "decision": "REFUSED", "detail": f"status {number.status}"}
        return Said(body=body)
    return Said(body={"result_code": "0000", "decision": "MAY_SIGN", "terms_offer": offer_for(msisdn)})


def number_status(code: str, asked: dict[str, Any]) -> Said:
    """Say whether a number works and since when its subscriber has it."""
    msisdn = messages.msisdn_of(asked)
    number = SandboxNumber.objects.filter(msisdn=msisdn).first()
    joined_at = number.joined_network_at if number else JOINED_NETWORK_AT
    return Said(
        body={
            "result_code": "0000",
            "status": number.status if number else NumberStatus.NORMAL.value,
            "user_type": offer_for(msisdn)["user_type"],
            "joined_network_at": clock.rfc3339(joined_at),
            "identity_matches": number.is_same_person if number else True,
        }
    )


@transaction.atomic
def take_contract_change(code: str, notice: dict[str, Any]) -> Said:
    """Note a contract change in the book and send the SMS; what was seen before, or is older, changes nothing."""
    told = notice["contract"]
    row, _created = SandboxContract.objects.select_for_update().get_or_create(
        partner_code=code,
        role=Role.PROVINCE,
        contract_no=told["contract_no"],
        defaults={"state": BookState.OPENED, "msisdn": told["msisdn"]},
    )
    if notice["resource_version"] <= row.last_version:
        return Said()
    effect = _misnoting(told["msisdn"])
    if effect is Effect.NOT_NOTED or (effect is Effect.END_NOT_NOTED and notice["change"] == "TERMINATED"):
        return _taken_but_not_noted(row, notice)
    row.state = _BOOK_STATES[notice["change"]]
    row.bank_code, row.bank_contract_no = told["bank_code"], told["bank_contract_no"]
    row.secondary_msisdns, row.terms = told["secondary_msisdns"], told["terms"]
    if effect is Effect.NOTED_WRONG:
        row.terms = misread(row.terms)
    row.account_mask, row.unipay_state = told["account_mask"], told["state"]
    row.signed_at = told.get("signed_at")
    row.last_event, row.last_version = messages.event_id_of(notice), notice["resource_version"]
    row.save()
    _send_sms(row, change=notice["change"])
    return Said()


def misread(terms: dict[str, Any]) -> dict[str, Any]:
    """Return the terms as somebody notes them who errs: another amount, or auto-pay the other way round."""
    if terms.get("recharge_amount_fen"):
        return {**terms, "recharge_amount_fen": terms["recharge_amount_fen"] + 100}
    return {**terms, "auto_pay": not terms.get("auto_pay")}


def announce_number_event(code: str, event: str, *, msisdn: str) -> client.Reply:
    """Tell Unipay that a number was closed, changed hands or was given to somebody new."""
    now = clock.now()
    _note_number(code, event, msisdn=msisdn, now=now)
    order: dict[str, Any] = {
        "request_no": f"{code}-{secrets.token_hex(8)}",
        "event": event,
        "msisdn": msisdn,
        "occurred_at": clock.rfc3339(now, milliseconds=True),
    }
    if event == "NUMBER_RECYCLED":
        order["joined_network_at"] = clock.rfc3339(now, milliseconds=True)
    return client.post_until_answered(code, "/number-events", order)


def _misnoting(msisdn: str) -> Effect | None:
    """How the province's book goes wrong about the number when it is told; what it will refuse or answer wrongly when
    corrected must be missing there first."""
    if scenario_in(CORRECT_CONTRACTS, msisdn=msisdn) is not None:
        return Effect.NOT_NOTED
    scenario = scenario_in(CONTRACT_CHANGED, msisdn=msisdn, side=Side.PROVINCE)
    return scenario.effect if scenario else None


def _taken_but_not_noted(row: SandboxContract, notice: dict[str, Any]) -> Said:
    row.last_event, row.last_version = messages.event_id_of(notice), notice["resource_version"]
    row.save(update_fields=["last_event", "last_version"])
    return Said()


def _already_signed(msisdn: str) -> Said:
    contract = {
        "bank_code": "PSBC",
        "state": "ACTIVE",
        "bank_contract_no": f"PSBC{msisdn}",
        "signed_at": clock.rfc3339(JOINED_NETWORK_AT),
    }
    return Said(body={"result_code": "0000", "decision": "ALREADY_SIGNED", "contract": contract})


def _send_sms(row: SandboxContract, *, change: str) -> None:
    bank = next((each.name for each in BANKS if each.code == row.bank_code), row.bank_code)
    text = _SMS[change].format(msisdn=row.msisdn, bank=bank, account=row.account_mask)
    SandboxSms.objects.create(
        partner_code=row.partner_code, msisdn=row.msisdn, text=text, sent_at=clock.now()
    )


def _note_number(code: str, event: str, *, msisdn: str, now: datetime) -> None:
    is_closed = event == "NUMBER_CLOSED"
    SandboxNumber.objects.update_or_create(
        msisdn=msisdn,
        defaults={
            "partner_code": code,
            "status": NumberStatus.CLOSED if is_closed else NumberStatus.NORMAL,
            "joined_network_at": now if event == "NUMBER_RECYCLED" else JOINED_NETWORK_AT,
            "is_same_person": is_closed,
        },
    )
