"""A bank's notice of a signing, who told it, and what became of it: the values signing_result works with."""

from dataclasses import dataclass

from signing.flows.change import Origin
from signing.flows.manual_case import Evidence
from signing.models import Contract, ManualCase, SigningSession
from signing.particulars import SigningNotice
from signing.states import Source
from unipay import clock
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Announced:
    """What became of a notice: the contract as it now is, the session it belongs to, and the case it led to."""

    contract: Contract | None
    session: SigningSession | None = None
    case: ManualCase | None = None


@dataclass(frozen=True)
class Told:
    """A notice, who told it, and with which request and key."""

    bank: Partner
    notice: SigningNotice
    request_no: str = ""
    key_id: str = ""

    def evidence(self) -> Evidence:
        """The notice as evidence of a case, account and identity masked."""
        said = self.notice
        facts = {
            "contract_no": said.contract_no,
            "session_no": said.session_no,
            "signing_request_no": said.signing_request_no,
            "bank_contract_no": said.bank_contract_no,
            "msisdn": said.msisdn,
            "account_mask": said.account.as_columns()["account_mask"] if said.account else "",
            "holder_mask": said.holder.as_columns()["holder_mask"] if said.holder else "",
            "signed_at": clock.rfc3339(said.signed_at) if said.signed_at else None,
            "business_date": said.business_date.isoformat(),
        }
        return Evidence(facts=facts, partner=self.bank, request_no=self.request_no, key_id=self.key_id)

    def origin(self) -> Origin:
        """Where the change comes from, for the journal."""
        return Origin(Source.BANK, self.notice.business_date, self.bank, self.request_no)
