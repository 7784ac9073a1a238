"""Rows of money as the values their sentences speak of."""

from datetime import date

from billing.deadline import still_told
from billing.models import Bill, DebitItem, Recharge
from billing.reasons import UNANSWERED
from billing.sentences import BillFacts, DebitFacts, RechargeFacts
from billing.states import ItemState, MandateState
from signing.states import ContractState
from unipay.clock import business_date
from unipay.errors import Text


def recharge_facts(recharge: Recharge) -> RechargeFacts:
    """Return a recharge fetched with its bank, and its item where it came of a debit."""
    # A debit that is still being asked has a recharge only where it was settled at export.
    is_exported = recharge.item is not None and recharge.item.state == ItemState.SENT
    return RechargeFacts(
        state=recharge.state,
        amount_fen=recharge.amount_fen,
        bank=recharge.bank.title,
        taken_on=recharge.business_date,
        back_on=business_date(recharge.over_at) if recharge.over_at else None,
        refund_by=still_told(recharge.state, recharge.refund_by, is_confirmed=not is_exported),
        why=recharge.back_reason,
        is_debit=recharge.item_id is not None,
        is_exported=is_exported,
        is_unanswered=recharge.item is not None and recharge.item.reason_code == UNANSWERED,
        has_payer_ended=is_exported and _has_payer_ended(recharge.item),
    )


def debit_facts(item: DebitItem, *, failure: Text = "", next_on: date | None = None) -> DebitFacts:
    """Return an item fetched with its run and bank; `failure` is its reason in words."""
    return DebitFacts(
        state=item.state,
        asked_fen=item.asked_fen,
        bank=item.bank.title,
        debit_on=item.run.debit_date,
        debited_fen=item.debited_fen,
        failure=failure,
        follow_up=item.follow_up,
        next_on=next_on,
        is_unanswered=item.reason_code == UNANSWERED,
        has_payer_ended=item.state == ItemState.SENT and _has_payer_ended(item),
    )


def _has_payer_ended(item: DebitItem | None) -> bool:
    """Whether the contract or mandate an item is debited by has ended; asked of items in flight alone."""
    if item is None:
        return False
    by_contract = item.contract is not None and item.contract.state == ContractState.TERMINATED
    return by_contract or (item.mandate is not None and item.mandate.state == MandateState.ENDED)


def bill_facts(bill: Bill, *, is_asked: bool = False) -> BillFacts:
    """Return a bill; `is_asked` whether a bank is being asked for it now."""
    return BillFacts(bill.state, bill.amount_fen, bill.open_fen, bill.billing_month, bill.due_date, is_asked)
