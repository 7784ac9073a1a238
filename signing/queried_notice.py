"""What does a bank's answer to our query say? The same facts as a notice, read as strictly (domain.md A2, [ours])."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from signing.particulars import Account, Holder, SigningNotice
from signing.states import AccountType
from signing.terms import Terms
from unipay import bank_card, identity, money


def notice_from(
    said: Mapping[str, Any], *, msisdn: str, contract_no: str = "", session_no: str = ""
) -> SigningNotice:
    """The notice that the bank's JSON amounts to; raises ValueError naming the field that is missing or wrong."""
    account, holder, terms = said.get("account"), said.get("holder"), said.get("terms") or {}
    return SigningNotice(
        signed=True,
        msisdn=msisdn,
        contract_no=contract_no,
        session_no=session_no,
        bank_contract_no=_text(said, "bank_contract_no"),
        account=_account(account) if account else None,
        holder=_holder(holder) if holder else None,
        terms=_terms(terms),
        signed_at=_moment(_text(said, "signed_at")),
        business_date=date.fromisoformat(_text(said, "business_date")),
    )


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("signed_at has no offset")
    return moment


def _account(said: Mapping[str, Any]) -> Account:
    return Account(bank_card.validate_account(_text(said, "number")), AccountType(_text(said, "type")).value)


def _holder(said: Mapping[str, Any]) -> Holder:
    return Holder(_text(said, "name"), identity.validate(_text(said, "identity_no")))


def _terms(said: Mapping[str, Any]) -> Terms:
    threshold, amount = said.get("recharge_threshold_fen"), said.get("recharge_amount_fen")
    auto_pay = said.get("auto_pay")
    if auto_pay is not None and not isinstance(auto_pay, bool):
        raise ValueError("auto_pay is neither true nor false")
    return Terms(
        None if threshold is None else money.require_fen(threshold),
        None if amount is None else money.require_fen(amount),
        auto_pay,
    )
