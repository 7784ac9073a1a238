"""Plain functions that make contracts, sessions and cases in any state, with the partners they need."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from signing.models import Contract, ManualCase, SigningSession, SigningTransaction
from signing.particulars import Account, Holder
from tests.factories import make_partner, make_province
from unipay import check_digit, clock
from unipay.partners.models import Partner

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MSISDN = "13805710001"
ACCOUNT = Account("6222021234567890128", "DEBIT")
HOLDER = Holder("张三丰", "330102199003071003")
PREPAID_OFFER: dict[str, Any] = {
    "user_type": "PREPAID",
    "threshold_default_fen": 2000,
    "threshold_max_fen": 10000,
    "amount_default_fen": 5000,
    "amount_max_fen": 50000,
    "auto_pay_allowed": False,
}

_SIGNED = ("ACTIVE", "SUSPENDED", "CONTESTED", "TERMINATED")
_AT_BANK = ("AT_BANK", "COMPLETED")
_serial = count(1)


def the_bank(code: str = "ICBC", **fields: Any) -> Partner:
    """The bank of that code, made with a signing page when it is not there yet."""
    page = f"https://{code.lower()}.example/sign"
    return Partner.objects.filter(code=code).first() or make_partner(
        code, "BANK", **{"signing_page_url": page, **fields}
    )


def the_province(code: str = "ZJ", **fields: Any) -> Partner:
    """The province of that code, made with the segment of MSISDN when it is not there yet."""
    return Partner.objects.filter(code=code).first() or make_province(code, **fields)


def the_hall(code: str = "HALL", **fields: Any) -> Partner:
    """The hall of that code, made with an address when it is not there yet."""
    return Partner.objects.filter(code=code).first() or make_partner(
        code, "HALL", **{"base_url": "https://hall.example", **fields}
    )


def make_contract(
    state: str = "ACTIVE", *, account: Account = ACCOUNT, holder: Holder = HOLDER, **fields: Any
) -> Contract:
    """A prepaid contract in the given state; any column can be given by name, bank and province as partners."""
    serial = next(_serial)
    opened_at = fields.setdefault("opened_at", NOW)
    usual: dict[str, Any] = {
        "contract_no": check_digit.new_number("C"),
        "msisdn": MSISDN,
        "bank_contract_no": f"BANK{serial:08d}" if state in _SIGNED else "",
        "channel": "COUNTER",
        "user_type": "PREPAID",
        "recharge_threshold_fen": 2000,
        "recharge_amount_fen": 5000,
        "offer": PREPAID_OFFER,
        "expires_at": opened_at + timedelta(minutes=30) if state == "PROVISIONAL" else None,
        "signed_at": opened_at if state in _SIGNED else None,
        "ended_at": opened_at if state == "TERMINATED" else None,
        "end_reason": "SUBSCRIBER_REQUEST" if state == "TERMINATED" else "",
        **account.as_columns(),
        **holder.as_columns(),
    }
    partners = {"bank": fields.pop("bank", None) or the_bank()}
    partners["province"] = fields.pop("province", None) or the_province()
    return Contract.objects.create(state=state, **partners, **{**usual, **fields})


def make_session(state: str = "OPENED", **fields: Any) -> SigningSession:
    """A signing session in the given state; one that went to the bank has a bank, a completed one a contract."""
    opened_at = fields.setdefault("opened_at", NOW)
    msisdn = fields.setdefault("msisdn", MSISDN)
    serial = next(_serial)
    usual: dict[str, Any] = {
        "session_no": check_digit.new_number("S"),
        "link_token": f"token-{serial:04d}-{'x' * 32}",
        "offer": PREPAID_OFFER,
        "return_url": "https://hall.example/outcome/1",
        "expires_at": opened_at + timedelta(minutes=30),
    }
    if state in _AT_BANK:
        usual["bank"] = fields.get("bank") or the_bank()
        usual["consented_at"] = opened_at
    if state == "COMPLETED" and "contract" not in fields:
        usual["contract"] = make_contract(msisdn=msisdn, bank=usual["bank"], channel="CARRIER")
    if state in ("COMPLETED", "FAILED", "EXPIRED"):
        usual["ended_at"] = opened_at
    usual["failure_code"] = "account_invalid" if state == "FAILED" else ""
    fields["hall"] = fields.get("hall") or the_hall()
    fields["province"] = fields.get("province") or the_province()
    return SigningSession.objects.create(state=state, **{**usual, **fields})


def make_case(reason: str = "STANDING_CONTRACT", *, state: str = "OPEN", **fields: Any) -> ManualCase:
    """A manual case; with reason STANDING_CONTRACT an active contract at ICBC and a contested one at CCB."""
    opened_at = fields.setdefault("opened_at", NOW)
    msisdn = fields.setdefault("msisdn", MSISDN)
    if "standing" not in fields:
        fields["standing"] = make_contract(msisdn=msisdn)
    if reason == "STANDING_CONTRACT" and "contested" not in fields:
        fields["contested"] = make_contract(
            "CONTESTED", msisdn=msisdn, bank=the_bank("CCB"), contested_with=fields["standing"]
        )
    usual: dict[str, Any] = {
        "case_no": check_digit.new_number("M"),
        "cause": f"test:{next(_serial)}",
        "severity": "HIGH",
        "due_at": opened_at + timedelta(hours=24),
        "decision": "KEEP_STANDING" if state in ("DECIDED", "CLOSED") else "",
        "decided_at": opened_at if state in ("DECIDED", "CLOSED") else None,
        "closed_at": opened_at if state in ("CLOSED", "WITHDRAWN") else None,
    }
    fields["province"] = fields.get("province") or the_province()
    return ManualCase.objects.create(reason=reason, state=state, **{**usual, **fields})


def make_transaction(contract: Contract, kind: str = "SIGNED", **fields: Any) -> SigningTransaction:
    """A journal line of the contract, with its values as they are."""
    usual: dict[str, Any] = {
        "transaction_no": check_digit.new_number("T"),
        "version": contract.version,
        "bank_id": contract.bank_id,
        "province_id": contract.province_id,
        "msisdn": contract.msisdn,
        "secondary_msisdns": contract.secondary_msisdns,
        "bank_contract_no": contract.bank_contract_no,
        "account_index": contract.account_index,
        "account_mask": contract.account_mask,
        "recharge_threshold_fen": contract.recharge_threshold_fen,
        "recharge_amount_fen": contract.recharge_amount_fen,
        "auto_pay": contract.auto_pay,
        "source": "BANK",
        "source_partner": contract.bank,
        "business_date": clock.business_date(contract.opened_at),
        "occurred_at": contract.opened_at,
    }
    return SigningTransaction.objects.create(kind=kind, contract=contract, **{**usual, **fields})


def fresh(row: Any) -> Any:
    """The row as the database has it now; a protected state can't be refreshed in place."""
    return type(row).objects.get(pk=row.pk)
