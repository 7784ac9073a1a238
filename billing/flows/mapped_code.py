"""What happens when somebody gives a bank's result code a meaning (domain.md C3): the returns whose lines wait for it
are settled further at once.
"""

from django.db.models import Exists, OuterRef

from billing import debit_wake
from billing.flows.settle_return import OPERATION
from billing.models import DebitReturn, ReturnLine
from billing.states import LineEffect, ReturnState
from unipay.partners.kinds import Direction
from unipay.partners.models import ResultCode


def wake_returns(row: ResultCode) -> list[str]:
    """Wake the returns that the meaning may take further, once it is committed; return their numbers."""
    if row.direction != Direction.ANSWER or row.operation not in ("", OPERATION):
        return []
    lines = ReturnLine.objects.filter(
        returned=OuterRef("pk"), effect=LineEffect.UNKNOWN_CODE, result_code=row.code
    )
    waiting = DebitReturn.objects.filter(Exists(lines), state=ReturnState.OPEN, bank__kind=row.kind)
    if row.partner_id is not None:
        waiting = waiting.filter(bank=row.partner_id)
    return_nos = list(waiting.order_by("pk").values_list("return_no", flat=True))
    for return_no in return_nos:
        debit_wake.after_commit(debit_wake.RETURN, return_no)
    return return_nos
