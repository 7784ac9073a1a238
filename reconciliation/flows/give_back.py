"""What happens to lines that we can't make contracts of, such as numbers at home nowhere: the bank gets them back in a
file, with what is wrong with each.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from reconciliation.kinds import BANK_DISCREPANCIES
from reconciliation.models import Discrepancy, Run
from reconciliation.states import Difference, DiscrepancyState, Treatment
from unipay.exchange.flows import send

COLUMNS = ("run_no", "line_no", "bank_contract_no", "msisdn", "difference")


def give_back(run: Run, *, now: datetime) -> int:
    """Send the run's lines to give back, if there are any, and return how many; harmless when repeated."""
    with transaction.atomic():
        left = Discrepancy.objects.select_for_update().filter(
            run=run, round=run.round, state=DiscrepancyState.OPEN, treatment=Treatment.RETURN
        )
        lines = list(left.order_by("id"))
        if not lines:
            return 0
        with translation.override(settings.LANGUAGE_CODE):
            rows = [_row(run, line) for line in lines]
        send.send(
            kind=BANK_DISCREPANCIES,
            partner=run.partner,
            subject=run.subject,
            business_date=run.business_date,
            rows=rows,
            now=now,
        )
        Discrepancy.objects.filter(pk__in=[line.pk for line in lines]).update(
            state=DiscrepancyState.EXPORTED, exported_at=now, exports=1
        )
        return len(lines)


def _row(run: Run, line: Discrepancy) -> tuple[object, ...]:
    title = str(Difference(line.difference).label)
    return (run.run_no, line.line_no, line.bank_contract_no, line.msisdn, title)
