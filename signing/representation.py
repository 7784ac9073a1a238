"""How a contract and a session are told to partners: the same words in answers, messages and evidence."""

from dataclasses import asdict
from typing import Any

from signing.models import Contract, SigningSession
from signing.terms import Offer
from unipay import clock


def contract_facts(contract: Contract) -> dict[str, Any]:
    """The contract as every partner sees it: amounts in fen, times in RFC 3339, personal data masked."""
    offer = Offer.of(contract.offer)
    return {
        "contract_no": contract.contract_no,
        "state": str(contract.state),
        "version": contract.version,
        "msisdn": contract.msisdn,
        "secondary_msisdns": list(contract.secondary_msisdns),
        "bank_code": contract.bank.code,
        "bank_contract_no": contract.bank_contract_no,
        "account_mask": contract.account_mask,
        "holder_mask": contract.holder_mask,
        "channel": contract.channel,
        "user_type": contract.user_type,
        "terms": {
            "recharge_threshold_fen": contract.recharge_threshold_fen,
            "recharge_amount_fen": contract.recharge_amount_fen,
            "auto_pay": contract.auto_pay,
        },
        "terms_offer": asdict(offer) if offer else None,
        "opened_at": clock.rfc3339(contract.opened_at),
        "expires_at": clock.rfc3339(contract.expires_at) if contract.expires_at else None,
        "signed_at": clock.rfc3339(contract.signed_at) if contract.signed_at else None,
        "ended_at": clock.rfc3339(contract.ended_at) if contract.ended_at else None,
        "end_reason": contract.end_reason,
    }


def standing_particulars(contract: Contract) -> dict[str, Any]:
    """What the asker may know of the contract in the way (domain.md A2, step 4.1)."""
    return {
        "msisdn": contract.msisdn,
        "bank_code": contract.bank.code,
        "state": str(contract.state),
        "signed_at": clock.rfc3339(contract.signed_at) if contract.signed_at else None,
    }


def session_facts(session: SigningSession) -> dict[str, Any]:
    """The signing session as the hall sees it."""
    contract = session.contract
    return {
        "session_no": session.session_no,
        "state": str(session.state),
        "msisdn": session.msisdn,
        "bank_code": session.bank.code if session.bank else "",
        "contract_no": contract.contract_no if contract else "",
        "contract_state": str(contract.state) if contract else "",
        "failure_code": session.failure_code,
        "opened_at": clock.rfc3339(session.opened_at),
        "expires_at": clock.rfc3339(session.expires_at),
        "ended_at": clock.rfc3339(session.ended_at) if session.ended_at else None,
    }
