"""A simulated bank's book: hand-overs from Unipay's page, questions and notices of Unipay, and what the bank
itself asks for: signing at its counter, amendment, termination (domain.md A1 to A3)."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from unipay import bank_card, clock
from unipay.sandbox import client, messages
from unipay.sandbox.conduct import Said
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.people import card_of, subscriber_of
from unipay.sandbox.province import offer_for
from unipay.sandbox.roster import bank
from unipay.sandbox.states import BookState, Role

CHANNELS = ("COUNTER", "ONLINE_BANK", "KIOSK")
TERMINATION_REASONS = ("SUBSCRIBER_REQUEST", "ACCOUNT_CLOSED", "BANK_REQUEST")

_QUERY_STATES = {
    BookState.OPENED: "PENDING",
    BookState.PENDING: "PENDING",
    BookState.SIGNED: "SIGNED",
    BookState.SUSPENDED: "SIGNED",
}
_TOLD_FIELDS = ("contract_no", "unipay_state", "last_event", "last_version")


def new_request_no(code: str) -> str:
    """Return a request number the bank never used before."""
    return f"{code}-{clock.now():%Y%m%d}-{secrets.token_hex(8)}"


def today() -> str:
    """Return the business date of this moment as the wire writes it."""
    return clock.business_date(clock.now()).isoformat()


def take_hand_over(code: str, fields: Mapping[str, str]) -> SandboxContract:
    """Note a subscriber whom Unipay's page sent to the bank's signing page; coming back finds the same row."""
    msisdn = fields["msisdn"]
    row, _created = SandboxContract.objects.get_or_create(
        partner_code=code,
        role=Role.BANK,
        session_no=fields["session_no"],
        defaults={
            "state": BookState.OPENED,
            "msisdn": msisdn,
            "bank_code": code,
            "channel": "CARRIER",
            "offer": offer_for(msisdn),
            "return_url": fields.get("return_url", ""),
            **new_account(code, msisdn),
        },
    )
    return row


def ask_to_sign(
    code: str, msisdn: str, *, channel: str = "COUNTER", secondary_msisdns: list[str] | None = None
) -> tuple[SandboxContract, client.Reply]:
    """Ask Unipay to let a customer sign who stands at the counter; the row keeps the offer or the refusal."""
    row = SandboxContract.objects.create(
        partner_code=code,
        role=Role.BANK,
        state=BookState.OPENED,
        signing_request_no=new_request_no(code),
        msisdn=msisdn,
        secondary_msisdns=secondary_msisdns or [],
        bank_code=code,
        channel=channel,
        **new_account(code, msisdn),
    )
    reply = client.post(code, "/signings", {**_signing_order(row), "request_no": row.signing_request_no})
    if reply.is_ok:
        row.contract_no, row.offer = reply.body["contract_no"], reply.body["terms_offer"]
        row.unipay_state = reply.body["state"]
    else:
        row.state, row.remark = BookState.REFUSED, refusal_text(reply)
    row.save()
    return row, reply


def amend(row: SandboxContract, terms: Mapping[str, Any]) -> client.Reply:
    """Tell Unipay of other terms of a signed contract."""
    order = {**_change_order(row), "terms": dict(terms)}
    reply = client.post_until_answered(row.partner_code, f"/contracts/{row.contract_no}/amendments", order)
    if reply.is_ok:
        row.terms = {**row.terms, **terms}
        row.save(update_fields=["terms", "updated_at"])
    return note_answer(row, reply)


def terminate(row: SandboxContract, *, reason: str = "SUBSCRIBER_REQUEST") -> client.Reply:
    """Tell Unipay that a contract ended at the bank."""
    order = {**_change_order(row), "reason": reason}
    reply = client.post_until_answered(row.partner_code, f"/contracts/{row.contract_no}/termination", order)
    if reply.is_ok:
        row.state = BookState.TERMINATED
        row.save(update_fields=["state", "updated_at"])
    return note_answer(row, reply)


def answer_query(code: str, asked: dict[str, Any]) -> Said:
    """Say how a signing stands in the bank's book: SIGNED with its contract, PENDING, or NOT_SIGNED."""
    row = _row_of(code, contract_no=asked.get("contract_no"), session_no=asked.get("session_no"))
    state = _QUERY_STATES.get(BookState(row.state), "NOT_SIGNED") if row else "NOT_SIGNED"
    body: dict[str, Any] = {"result_code": "0000", "state": state}
    if row is not None and state == "SIGNED":
        body["contract"] = signed_contract(row)
    return Said(body=body)


@transaction.atomic
def take_confirmation(code: str, notice: dict[str, Any]) -> Said:
    """Note that the contract is formal at Unipay."""
    row = _told_about(code, notice)
    if row is not None:
        row.confirmed_at = clock.now()
        row.save(update_fields=["confirmed_at", *_TOLD_FIELDS])
    return Said()


@transaction.atomic
def take_cancellation(code: str, notice: dict[str, Any]) -> Said:
    """End the bank's contract because Unipay says so."""
    row = _told_about(code, notice)
    if row is not None:
        row.state, row.remark = BookState.CANCELLED, str(notice.get("reason") or "")[:300]
        row.save(update_fields=["state", "remark", "updated_at", *_TOLD_FIELDS])
    return Said()


def signed_contract(row: SandboxContract) -> dict[str, Any]:
    """Return the contract as the bank announces it, with account and holder."""
    said: dict[str, Any] = {
        "msisdn": row.msisdn,
        "bank_contract_no": row.bank_contract_no,
        "account": {"number": row.account_number, "type": row.account_type},
        "holder": {"name": row.holder_name, "identity_no": row.identity_no},
        "terms": row.terms,
        "signed_at": clock.rfc3339(row.signed_at or clock.now()),
        "business_date": clock.business_date(row.signed_at or clock.now()).isoformat(),
    }
    if row.secondary_msisdns:
        said["secondary_msisdns"] = row.secondary_msisdns
    return {**said, **identifying(row)}


def identifying(row: SandboxContract) -> dict[str, str]:
    """Return which signing the row is about: a session of the hall's, a contract, or the bank's own request."""
    if row.session_no:
        return {"session_no": row.session_no}
    if row.contract_no:
        return {"contract_no": row.contract_no}
    return {"signing_request_no": row.signing_request_no}


def note_answer(row: SandboxContract, reply: client.Reply) -> client.Reply:
    """Keep in the row what Unipay answered about it; notices may have reached the row meanwhile and stay."""
    row.unipay_state = str(reply.body.get("state") or row.unipay_state)
    row.contract_no = str(reply.body.get("contract_no") or row.contract_no)
    row.case_no = str(reply.body.get("case_no") or row.case_no)
    row.remark = "" if reply.is_ok else refusal_text(reply)
    row.save(update_fields=["unipay_state", "contract_no", "case_no", "remark"])
    return reply


def refusal_text(reply: client.Reply) -> str:
    """Return why Unipay refused, in one line for a page."""
    faults = "; ".join(
        f"{fault.get('field')}: {fault.get('detail')}" for fault in reply.body.get("errors") or [] if fault
    )
    said = (reply.code, reply.body.get("title"), reply.body.get("detail"), faults)
    return " · ".join(str(part) for part in said if part)[:300]


def new_account(code: str, msisdn: str) -> dict[str, str]:
    """Return the invented account and holder of a number at a bank, as columns of its book."""
    card, person = card_of(msisdn, prefix=bank(code).card_prefix), subscriber_of(msisdn)
    return {
        "account_type": "DEBIT",
        "account_number": card,
        "account_mask": bank_card.mask(card),
        "holder_name": person.name,
        "identity_no": person.identity_no,
    }


def _signing_order(row: SandboxContract) -> dict[str, Any]:
    order: dict[str, Any] = {
        "msisdn": row.msisdn,
        "account": {"number": row.account_number, "type": row.account_type},
        "holder": {"name": row.holder_name, "identity_no": row.identity_no},
        "channel": row.channel,
        "business_date": today(),
    }
    if row.secondary_msisdns:
        order["secondary_msisdns"] = row.secondary_msisdns
    return order


def _change_order(row: SandboxContract) -> dict[str, Any]:
    return {"request_no": new_request_no(row.partner_code), "business_date": today()}


def _row_of(code: str, *, contract_no: str | None, session_no: str | None) -> SandboxContract | None:
    rows = SandboxContract.objects.filter(partner_code=code, role=Role.BANK)
    if contract_no:
        return rows.filter(contract_no=contract_no).first()
    return rows.filter(session_no=session_no).first() if session_no else None


def _told_about(code: str, notice: dict[str, Any]) -> SandboxContract | None:
    """Return the row a notice is about, locked, unless the bank was told something newer before."""
    told = notice["contract"]
    rows = SandboxContract.objects.select_for_update().filter(partner_code=code, role=Role.BANK)
    row = rows.filter(contract_no=told["contract_no"]).first()
    if row is None and told.get("bank_contract_no"):
        row = rows.filter(bank_contract_no=told["bank_contract_no"]).first()
    if row is None or notice["resource_version"] < row.last_version:
        return None
    row.contract_no, row.unipay_state = told["contract_no"], told["state"]
    row.last_event, row.last_version = messages.event_id_of(notice), notice["resource_version"]
    return row
