"""What a simulated bank or province says when Unipay asks what its book holds of a number (domain.md A4): its
contracts, newest first."""

from typing import Any

from unipay import clock
from unipay.sandbox import messages
from unipay.sandbox.conduct import Said
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.province import JOINED_NETWORK_AT
from unipay.sandbox.roster import BANKS
from unipay.sandbox.scenarios import QUERY_CONTRACTS, Effect, Side, scenario_in
from unipay.sandbox.states import BookState, Role

_MOST_ROWS = 20
_STATES = {
    BookState.OPENED: "PENDING",
    BookState.PENDING: "PENDING",
    BookState.SIGNED: "ACTIVE",
    BookState.SUSPENDED: "SUSPENDED",
    BookState.TERMINATED: "TERMINATED",
    BookState.CANCELLED: "TERMINATED",
}


def of_bank(code: str, asked: dict[str, Any]) -> Said:
    """List the bank's contracts of the number; none where the number is reserved for a forgetful bank."""
    msisdn = messages.msisdn_of(asked)
    scenario = scenario_in(QUERY_CONTRACTS, msisdn=msisdn, side=Side.BANK)
    if scenario is not None and scenario.effect is Effect.FORGETFUL:
        return _said([])
    return _said([_entry(row) for row in _rows(code, Role.BANK, msisdn)])


def of_province(code: str, asked: dict[str, Any]) -> Said:
    """List the contracts the province heard of; one of another bank where the number is reserved for old news."""
    msisdn = messages.msisdn_of(asked)
    rows = _rows(code, Role.PROVINCE, msisdn)
    scenario = scenario_in(QUERY_CONTRACTS, msisdn=msisdn, side=Side.PROVINCE)
    if scenario is not None and scenario.effect is Effect.OUT_OF_DATE:
        return _said([_never_heard_to_have_ended(row) for row in rows[:1]])
    return _said([_entry(row) for row in rows])


def _said(contracts: list[dict[str, Any]]) -> Said:
    return Said(body={"result_code": "0000", "contracts": contracts})


def _rows(code: str, role: Role, msisdn: str) -> list[SandboxContract]:
    rows = SandboxContract.objects.filter(partner_code=code, role=role, msisdn=msisdn, state__in=_STATES)
    return list(rows.order_by("-id")[:_MOST_ROWS])


def _entry(row: SandboxContract) -> dict[str, Any]:
    state = _STATES[BookState(row.state)]
    said = {
        "state": state,
        "bank_code": row.bank_code,
        "contract_no": row.contract_no,
        "bank_contract_no": row.bank_contract_no,
        "account_mask": row.account_mask,
        "signed_at": clock.rfc3339(row.signed_at) if row.signed_at else "",
        "ended_at": clock.rfc3339(row.updated_at) if state == "TERMINATED" else "",
    }
    return {name: value for name, value in said.items() if value}


def _never_heard_to_have_ended(row: SandboxContract) -> dict[str, Any]:
    other = next(bank for bank in BANKS if bank.code != row.bank_code)
    return {
        "state": "ACTIVE",
        "bank_code": other.code,
        "bank_contract_no": f"{other.code}{row.msisdn}",
        "signed_at": clock.rfc3339(JOINED_NETWORK_AT),
    }
