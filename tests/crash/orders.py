"""What banks and halls send in these tests, for numbers the sandbox takes for ordinary ones."""

from typing import Any

from unipay import clock
from unipay.sandbox.people import card_of, subscriber_of
from unipay.sandbox.province import offer_for

CARD_PREFIXES = {"ICBC": "622202", "ABC": "622848", "CCB": "621700", "CMB": "621483"}


def signing(request_no: str, *, bank: str, msisdn: str) -> dict[str, Any]:
    """A bank asks to sign a number at its counter."""
    return {
        "request_no": request_no,
        "msisdn": msisdn,
        "channel": "COUNTER",
        "business_date": _today(),
        **_customer(bank, msisdn),
    }


def session(request_no: str, *, bank: str, msisdn: str, hall_url: str) -> dict[str, Any]:
    """A hall sends a subscriber to sign at a bank."""
    return {
        "request_no": request_no,
        "msisdn": msisdn,
        "bank_code": bank,
        "return_url": f"{hall_url}/back",
        "terms_offer": offer_for(msisdn),
    }


def signed(request_no: str, *, bank: str, msisdn: str, **opened: str) -> dict[str, Any]:
    """A bank announces that the number was signed; `opened`: our contract_no or session_no."""
    return {
        "request_no": request_no,
        "result": "SIGNED",
        "msisdn": msisdn,
        "bank_contract_no": f"{bank}-{msisdn}",
        "signed_at": clock.rfc3339(clock.now()),
        "business_date": _today(),
        **_customer(bank, msisdn),
        **opened,
    }


def termination(request_no: str) -> dict[str, Any]:
    """A bank ends a contract."""
    return {"request_no": request_no, "reason": "SUBSCRIBER_REQUEST", "business_date": _today()}


def _customer(bank: str, msisdn: str) -> dict[str, Any]:
    person = subscriber_of(msisdn)
    return {
        "account": {"number": card_of(msisdn, prefix=CARD_PREFIXES[bank]), "type": "DEBIT"},
        "holder": {"name": person.name, "identity_no": person.identity_no},
    }


def _today() -> str:
    return clock.business_date(clock.now()).isoformat()
