"""What happens to due bills when money comes for their number or agreement: the oldest are paid first (C2)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from billing.allocation import Debt, Part
from billing.models import Bill, BillSettlement, DebitShare, Recharge
from billing.states import BillKind, BillState
from unipay.partners.models import Partner

_PAY = f"""
    UPDATE billing_bill bill SET settled_fen = bill.settled_fen + part.amount_fen,
        state = CASE WHEN bill.settled_fen + part.amount_fen = bill.amount_fen THEN '{BillState.SETTLED}'
            ELSE bill.state END,
        settled_at = CASE WHEN bill.settled_fen + part.amount_fen = bill.amount_fen THEN %(now)s END
    FROM unnest(%(bills)s::bigint[], %(amounts)s::bigint[]) AS part (bill_id, amount_fen)
    WHERE bill.id = part.bill_id
"""


def debts(province: Partner, *, msisdn: str, agreement_no: str) -> list[Debt]:
    """Hold and return what is due of the number, or the agreement where there is no number; bills that a bank is being
    asked to pay are left to that bank."""
    whose = {"msisdn": msisdn, "kind": BillKind.PERSONAL} if msisdn else {"agreement_no": agreement_no}
    due = Bill.objects.filter(province=province, state=BillState.DUE, **whose).order_by("pk")
    held = list(due.select_for_update(no_key=True))
    if not held:
        return []
    # Asked only once the bills are ours, so that a run that was faster is seen.
    in_flight = set(DebitShare.objects.filter(bill__in=held, is_open=True).values_list("bill_id", flat=True))
    return [
        Debt(
            bill_id=bill.pk,
            open_fen=bill.open_fen,
            billing_month=bill.billing_month,
            due_date=bill.due_date,
            agreement_no=bill.agreement_no,
            msisdn=bill.msisdn,
        )
        for bill in held
        if bill.pk not in in_flight
    ]


def pay(recharge: Recharge, parts: Sequence[Part], *, now: datetime) -> None:
    """Settle of each held bill what the recharge pays of it."""
    BillSettlement.objects.bulk_create(
        BillSettlement(recharge=recharge, bill_id=part.bill_id, amount_fen=part.amount_fen, settled_at=now)
        for part in parts
    )
    given = {"bills": [part.bill_id for part in parts], "amounts": [part.amount_fen for part in parts]}
    with connection.cursor() as cursor:
        cursor.execute(_PAY, {**given, "now": now})
