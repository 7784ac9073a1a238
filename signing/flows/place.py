"""How a contract the bank signed takes its place (domain.md A1 step 6, A2 step 4.8): formal where nothing stands,
contested beside what stands; and contested, whatever stands, where its signing was over already.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signing import messages, terms
from signing.errors import NOTICE_CONTRADICTS
from signing.flows import manual_case
from signing.flows.change import record_change
from signing.flows.manual_case import Evidence
from signing.flows.told import Announced, Told
from signing.models import Contract, ManualCase, SigningSession
from signing.particulars import SigningNotice
from signing.queries import standing_contract_on
from signing.representation import contract_facts
from signing.states import OVER, CaseReason, Channel, ContractState, TransactionKind
from signing.terms import Offer
from unipay import check_digit
from unipay.errors import Refusal
from unipay.partners.models import Partner

_PERSONAL_COLUMNS = (
    "account_number",
    "account_index",
    "account_mask",
    "account_type",
    "holder_name",
    "holder_mask",
    "identity_no",
    "identity_index",
    "identity_mask",
)


@dataclass(frozen=True)
class Opening:
    """What a signing was opened with, as a session, as an earlier contract or as a request: numbers, home, offer."""

    msisdn: str
    secondary_msisdns: list[str]
    province: Partner
    channel: str
    offer: dict[str, Any] | None = None
    personal: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_session(cls, session: SigningSession) -> "Opening":
        """A carrier-channel signing; account and holder come with the notice."""
        numbers = session.secondary_msisdns
        return cls(session.msisdn, numbers, session.province, Channel.CARRIER, session.offer)

    @classmethod
    def of_contract(cls, contract: Contract) -> "Opening":
        """A bank-channel signing whose provisional contract ended."""
        personal = {column: getattr(contract, column) for column in _PERSONAL_COLUMNS}
        numbers = contract.secondary_msisdns
        return cls(contract.msisdn, numbers, contract.province, contract.channel, contract.offer, personal)


def new_contract(opening: Opening, told: Told, now: datetime) -> Contract:
    """A contract not yet saved, with what the bank confirmed."""
    contract = Contract(
        contract_no=check_digit.new_number("C"),
        state=ContractState.PROVISIONAL,
        version=0,
        msisdn=opening.msisdn,
        secondary_msisdns=opening.secondary_msisdns,
        province=opening.province,
        bank=told.bank,
        channel=opening.channel,
        offer=opening.offer,
        opened_at=now,
        **opening.personal,
    )
    fill(contract, told.notice)
    return contract


def fill(contract: Contract, notice: SigningNotice) -> None:
    """Take over what the bank confirmed: its number, the account and holder if it names them, the terms."""
    offer = Offer.of(contract.offer)
    confirmed = terms.settled(notice.terms, offer)
    contract.bank_contract_no = notice.bank_contract_no
    contract.user_type = terms.user_type_of(confirmed, offer)
    contract.recharge_threshold_fen = confirmed.recharge_threshold_fen
    contract.recharge_amount_fen = confirmed.recharge_amount_fen
    contract.auto_pay = bool(confirmed.auto_pay)
    for part in (notice.account, notice.holder):
        for column, value in (part.as_columns() if part else {}).items():
            setattr(contract, column, value)


def take_place(contract: Contract, told: Told, now: datetime) -> Announced:
    """The heart: a standing contract of another signing is never overwritten, and the second one never dropped."""
    # What is kept and stands has no rival: the database lets one contract hold a number.
    holds_its_numbers = contract.pk is not None and contract.is_standing
    standing = None if holds_its_numbers else standing_contract_on(_numbers(contract))
    if standing is not None:
        return _contest(contract, standing, told, now)
    contract.activate(signed_at=told.notice.signed_at or now)
    record_change(contract, kind=TransactionKind.SIGNED, origin=told.origin(), now=now)
    if told.bank.confirms_by_notice:
        messages.confirm_to_bank(contract, now=now)
    return Announced(contract)


def keep_late(opening: Opening, told: Told, *, cause: str, now: datetime) -> Announced:
    """A notice for a signing that expired or was refused: kept as contested beside whatever stands, for people."""
    before = (
        ManualCase.objects.filter(cause=cause)
        .select_related("contested__bank", "contested__province")
        .first()
    )
    if before is not None and before.contested is not None:
        return repeated(before.contested, told.notice)
    contract = new_contract(opening, told, now)
    standing = standing_contract_on(_numbers(contract))
    _keep_contested(contract, standing, told, now)
    held = [Evidence(facts=contract_facts(standing), partner=standing.bank)] if standing else []
    case = manual_case.open_case(
        cause=cause,
        reason=CaseReason.LATE_RESULT,
        about=standing or contract,
        contested=contract,
        evidence=[*held, told.evidence()],
        now=now,
    )
    return Announced(contract, None, case)


def repeated(contract: Contract, notice: SigningNotice, session: SigningSession | None = None) -> Announced:
    """The same notice again is answered with the contract as it is; another bank contract number contradicts."""
    if notice.bank_contract_no != contract.bank_contract_no:
        raise Refusal(NOTICE_CONTRADICTS, conflict=contract_facts(contract))
    return Announced(contract, session, _open_case_of(contract))


def _contest(contract: Contract, standing: Contract, told: Told, now: datetime) -> Announced:
    _keep_contested(contract, standing, told, now)
    held = Evidence(facts=contract_facts(standing), partner=standing.bank)
    case = manual_case.open_case(
        cause=f"clash:{contract.contract_no}",
        reason=CaseReason.STANDING_CONTRACT,
        about=standing,
        contested=contract,
        evidence=[held, told.evidence()],
        now=now,
    )
    return Announced(contract, None, case)


def _keep_contested(contract: Contract, standing: Contract | None, told: Told, now: datetime) -> None:
    contract.contest(standing=standing)
    contract.signed_at = told.notice.signed_at or now
    contract.version += 1
    contract.save()


def _numbers(contract: Contract) -> list[str]:
    return [contract.msisdn, *contract.secondary_msisdns]


def _open_case_of(contract: Contract) -> ManualCase | None:
    if contract.state != ContractState.CONTESTED:
        return None
    return contract.cases_as_contested.exclude(state__in=OVER).first()
