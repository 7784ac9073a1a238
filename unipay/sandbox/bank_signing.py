"""What a simulated bank does once the customer signed: it makes its contract, announces the result to Unipay
in the way the number's scenario says, and tells the hall unless Unipay does (domain.md A1 steps 4 and 5)."""

import secrets
from collections.abc import Callable
from typing import Any

from unipay import clock
from unipay.sandbox import client, hall
from unipay.sandbox.bank import ask_to_sign, identifying, new_request_no, note_answer, signed_contract, today
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.roster import BANKS, bank
from unipay.sandbox.scenarios import ANNOUNCE_RESULT, QUERY_SIGNING, Effect, Scenario, scenario_in
from unipay.sandbox.states import BookState

ACCOUNT_INVALID = "account_invalid"
RESULTS = "/signing-results"

Replies = list[client.Reply]


def default_terms(offer: dict[str, Any] | None) -> dict[str, Any]:
    """Return the terms a customer gets who chooses nothing: the province's defaults, auto-pay where allowed."""
    if not offer:
        return {}
    if offer.get("user_type") == "POSTPAID":
        return {"auto_pay": bool(offer.get("auto_pay_allowed"))}
    return {
        "recharge_threshold_fen": offer.get("threshold_default_fen"),
        "recharge_amount_fen": offer.get("amount_default_fen"),
    }


def sign(row: SandboxContract) -> Replies:
    """The customer signed, with the row's terms or the defaults: make the bank's contract and announce it as the
    scenario has it.

    Returns Unipay's answers in order; none where the bank keeps silent.
    """
    _make_contract(row)
    scenario = _scenario_of(row)
    act = _ANNOUNCING.get(scenario.effect, _announce_once) if scenario else _announce_once
    return act(row)


def sign_overtaken(row: SandboxContract) -> Replies:
    """Another bank signs the number at its counter while the subscriber is on this bank's page, then this one does.

    Only a row of the carrier channel can be overtaken: a provisional contract of the bank channel holds the number.
    """
    faster = next(other.code for other in BANKS if other.code != row.partner_code)
    other_row, reply = ask_to_sign(faster, row.msisdn)
    others = [reply, *([_announce_signed(other_row)] if reply.is_ok else [])]
    return [*others, _announce_signed(row)]


def sign_despite_refusal(row: SandboxContract) -> Replies:
    """The bank signs although Unipay refused, and announces what it signed by its own request (domain.md A4)."""
    return [_announce_signed(row)]


def fail_account_check(row: SandboxContract) -> Replies:
    """The account does not pass the bank's check: nothing is signed, and Unipay is told (A1 step 5.1)."""
    row.state = BookState.FAILED
    row.save(update_fields=["state"])
    return [_announce(row, failed_order(row))]


def announce_now(row: SandboxContract) -> Replies:
    """Announce a contract the bank kept to itself so far."""
    row.state = BookState.SIGNED
    row.save(update_fields=["state"])
    return _announce_once(row)


def signed_order(row: SandboxContract) -> dict[str, Any]:
    """Return a fresh announcement of a signed contract."""
    return {"request_no": new_request_no(row.partner_code), "result": "SIGNED", **signed_contract(row)}


def failed_order(row: SandboxContract) -> dict[str, Any]:
    """Return a fresh announcement that nothing was signed."""
    return {
        "request_no": new_request_no(row.partner_code),
        "result": "FAILED",
        "msisdn": row.msisdn,
        "failure_code": ACCOUNT_INVALID,
        "business_date": today(),
        **identifying(row),
    }


def new_bank_contract_no(code: str) -> str:
    """Return a fresh number of the bank's own."""
    return f"{code}{clock.now():%Y%m%d}{secrets.randbelow(10**10):010d}"


def _make_contract(row: SandboxContract) -> None:
    row.terms = row.terms or default_terms(row.offer)
    row.bank_contract_no = row.bank_contract_no or new_bank_contract_no(row.partner_code)
    row.signed_at, row.state = clock.now(), BookState.SIGNED
    row.save(update_fields=["terms", "bank_contract_no", "signed_at", "state"])


def _announce_signed(row: SandboxContract) -> client.Reply:
    _make_contract(row)
    return _announce(row, signed_order(row))


def _scenario_of(row: SandboxContract) -> Scenario | None:
    in_result = scenario_in(ANNOUNCE_RESULT, msisdn=row.msisdn)
    return in_result or scenario_in(QUERY_SIGNING, msisdn=row.msisdn)


def _announce(row: SandboxContract, order: dict[str, Any]) -> client.Reply:
    reply = client.post_until_answered(row.partner_code, RESULTS, order)
    note_answer(row, reply)
    _tell_hall(row, order, reply)
    return reply


def _tell_hall(row: SandboxContract, order: dict[str, Any], reply: client.Reply) -> None:
    if not (row.session_no and reply.is_ok and bank(row.partner_code).notifies_hall):
        return
    is_signed = order["result"] == "SIGNED"
    outcome = {
        "state": "COMPLETED" if is_signed else "FAILED",
        "contract_no": row.contract_no,
        "contract_state": row.unipay_state if is_signed else "",
        "failure_code": order.get("failure_code", ""),
    }
    hall.hear_from_bank(row.session_no, bank_code=row.partner_code, outcome=outcome)


def _announce_once(row: SandboxContract) -> Replies:
    return [_announce(row, signed_order(row))]


def _announce_twice(row: SandboxContract) -> Replies:
    order = signed_order(row)
    return [_announce(row, order), _announce(row, order)]


def _announce_anew(row: SandboxContract) -> Replies:
    return [_announce(row, signed_order(row)), _announce(row, signed_order(row))]


def _contradict(row: SandboxContract) -> Replies:
    return [_announce(row, failed_order(row)), _announce(row, signed_order(row))]


def _announce_wrongly_signed(row: SandboxContract) -> Replies:
    reply = client.post(row.partner_code, RESULTS, signed_order(row), is_rightly_signed=False)
    note_answer(row, reply)
    return [reply]


def _keep_silent(row: SandboxContract) -> Replies:
    return []


def _stay_pending(row: SandboxContract) -> Replies:
    row.state = BookState.PENDING
    row.save(update_fields=["state"])
    return []


def _sign_nothing(row: SandboxContract) -> Replies:
    row.state = BookState.FAILED
    row.save(update_fields=["state"])
    return []


def _exceed_terms(row: SandboxContract) -> Replies:
    most = (row.offer or {}).get("amount_max_fen") or 0
    row.terms = {**row.terms, "recharge_amount_fen": most + 100}
    row.save(update_fields=["terms"])
    return _announce_once(row)


_ANNOUNCING: dict[Effect, Callable[[SandboxContract], Replies]] = {
    Effect.ANNOUNCED_TWICE: _announce_twice,
    Effect.ANNOUNCED_ANEW: _announce_anew,
    Effect.ANNOUNCED_LATE: _stay_pending,
    Effect.CONTRADICTING: _contradict,
    Effect.ANNOUNCED_WRONGLY_SIGNED: _announce_wrongly_signed,
    Effect.NOTICE_LOST: _keep_silent,
    Effect.SILENT: _keep_silent,
    Effect.NEVER_SIGNED: _sign_nothing,
    Effect.ACCOUNT_INVALID: fail_account_check,
    Effect.TERMS_TOO_HIGH: _exceed_terms,
    Effect.OVERTAKEN: sign_overtaken,
}
