"""What every change of a formal contract writes, whoever made it: version, journal, and the province's message."""

from dataclasses import dataclass
from datetime import date, datetime

from signing import messages
from signing.models import Contract, SigningTransaction
from signing.states import Source, TransactionKind
from unipay import check_digit
from unipay.messaging.models import OutboundMessage
from unipay.partners.models import Partner


@dataclass(frozen=True)
class Origin:
    """Who made a change: the source, the partner and its own request number, and the business date it counts for."""

    source: Source
    business_date: date
    partner: Partner | None = None
    request_no: str = ""


def record_change(
    contract: Contract, *, kind: TransactionKind, origin: Origin, now: datetime, reason: str = ""
) -> OutboundMessage:
    """Raise the version, save the contract, write its journal line and promise the province to tell it."""
    contract.version += 1
    contract.save()
    SigningTransaction.objects.create(
        transaction_no=check_digit.new_number("T"),
        kind=kind,
        contract=contract,
        version=contract.version,
        bank_id=contract.bank_id,
        province_id=contract.province_id,
        msisdn=contract.msisdn,
        secondary_msisdns=contract.secondary_msisdns,
        bank_contract_no=contract.bank_contract_no,
        account_index=contract.account_index,
        account_mask=contract.account_mask,
        recharge_threshold_fen=contract.recharge_threshold_fen,
        recharge_amount_fen=contract.recharge_amount_fen,
        auto_pay=contract.auto_pay,
        source=origin.source,
        source_partner=origin.partner,
        request_no=origin.request_no,
        reason=reason,
        business_date=origin.business_date,
        occurred_at=now,
    )
    return messages.tell_province(contract, change=kind, business_date=origin.business_date, now=now)
