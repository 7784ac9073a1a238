"""What partners tell us of a signing, in our own words: the values every signing flow takes in."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from signing.terms import Terms
from unipay import bank_card, encryption, identity


@dataclass(frozen=True)
class Account:
    """A bank account: its full number and DEBIT or CREDIT."""

    number: str
    type: str

    def as_columns(self) -> dict[str, Any]:
        """The account as the columns of a contract: sealed, findable, shown masked."""
        return {
            "account_number": self.number,
            "account_index": encryption.default().blind_index(self.number, context="contract.account"),
            "account_mask": bank_card.mask(self.number),
            "account_type": self.type,
        }


@dataclass(frozen=True)
class Holder:
    """The person the account belongs to: name and resident identity number."""

    name: str
    identity_no: str

    def as_columns(self) -> dict[str, Any]:
        """The holder as the columns of a contract: sealed, findable, shown masked."""
        return {
            "holder_name": self.name,
            "holder_mask": identity.mask_name(self.name),
            "identity_no": self.identity_no,
            "identity_index": encryption.default().blind_index(self.identity_no, context="contract.identity"),
            "identity_mask": identity.mask(self.identity_no),
        }


@dataclass(frozen=True)
class SigningRequest:
    """A bank asks to sign a number over one of its channels (domain.md A2, step 2)."""

    msisdn: str
    account: Account
    holder: Holder
    channel: str
    business_date: date
    secondary_msisdns: tuple[str, ...] = ()

    @property
    def msisdns(self) -> list[str]:
        """Every number of the request."""
        return [self.msisdn, *self.secondary_msisdns]


@dataclass(frozen=True)
class SessionOrder:
    """A hall sends a subscriber to sign (domain.md A1, step 4)."""

    msisdn: str
    return_url: str
    secondary_msisdns: tuple[str, ...] = ()
    bank_code: str = ""
    terms_offer: dict[str, Any] | None = None
    language: str = ""


@dataclass(frozen=True)
class SigningNotice:
    """A bank announces what became of a signing (domain.md A1 step 5, A2 step 4.7).

    Exactly one names the signing: our `contract_no` (bank channel), our `session_no` (carrier channel), or the bank's
    own `signing_request_no`, for a bank that lost our answer or signed although it was refused.
    """

    signed: bool
    msisdn: str
    business_date: date
    contract_no: str = ""
    session_no: str = ""
    signing_request_no: str = ""
    bank_contract_no: str = ""
    account: Account | None = None
    holder: Holder | None = None
    terms: Terms = field(default_factory=Terms)
    secondary_msisdns: tuple[str, ...] | None = None
    signed_at: datetime | None = None
    failure_code: str = ""


@dataclass(frozen=True)
class Amendment:
    """What is to change; None where nothing changes."""

    business_date: date
    secondary_msisdns: tuple[str, ...] | None = None
    account: Account | None = None
    terms: Terms | None = None
