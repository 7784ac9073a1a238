"""Questions about money that several flows and doors ask: whose recharge, and what may be done with it."""

from datetime import date, datetime

from django.db.models import QuerySet

from billing import recharge_actions
from billing.models import Bill, Recharge, ReconciledDay, SettlementTerms
from billing.recharge_actions import Action, Facts
from unipay.partners.models import Partner


def recharges_of(bank: Partner) -> QuerySet[Recharge, Recharge]:
    """Return the recharges a bank asked for itself, with what their representation needs."""
    own = Recharge.objects.filter(bank=bank).exclude(request_no="")
    return own.select_related("province", "bank").prefetch_related("settlements__bill")


def bills_of(province: Partner) -> QuerySet[Bill, Bill]:
    """Return the bills of a province."""
    return Bill.objects.filter(province=province).select_related("province")


def action_facts(recharge: Recharge) -> Facts:
    """Return what decides over what may be done with a recharge."""
    terms = SettlementTerms.objects.filter(bank_id=recharge.bank_id).only("reversal_until").first()
    return Facts(
        state=recharge.state,
        is_requested=recharge.request_no != "",
        business_date=recharge.business_date,
        reversal_until=terms.reversal_until if terms else None,
        is_reconciled=is_reconciled(recharge.bank_id, recharge.business_date),
    )


def is_reconciled(bank_id: int, business_date: date) -> bool:
    """Tell whether finance found the bank's business day even."""
    return ReconciledDay.objects.filter(bank_id=bank_id, business_date=business_date).exists()


def actions_on(recharge: Recharge, *, now: datetime) -> tuple[Action, ...]:
    """Return every action on a recharge with what may be said of it now."""
    return recharge_actions.actions(action_facts(recharge), now=now)
