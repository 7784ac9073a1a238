"""What happens when a province is to be corrected (domain.md B, step 4): everything it must put right goes to it in one
file, and the run waits for its answer.
"""

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from reconciliation.flows import correction_file
from reconciliation.flows.stage import moving
from reconciliation.flows.work import Work
from reconciliation.models import Discrepancy, Run
from reconciliation.states import DiscrepancyState, RunState, Treatment

_NUMBER = f"""
    UPDATE {Discrepancy._meta.db_table} line SET order_no = numbered.order_no
    FROM (
        SELECT id, row_number() OVER (ORDER BY id) + (
            SELECT coalesce(max(order_no), 0) FROM {Discrepancy._meta.db_table} WHERE run_id = %(run)s
        ) AS order_no
        FROM {Discrepancy._meta.db_table}
        WHERE run_id = %(run)s AND round = %(round)s AND state = '{DiscrepancyState.OPEN}'
    ) numbered
    WHERE line.id = numbered.id
"""


def export(work: Work) -> bool:
    """Write the file in the transaction that says so; a run that found nothing to correct is done."""
    with moving(work.run, RunState.APPROVED) as run:
        now = work.now()
        with translation.override(settings.LANGUAGE_CODE):
            by_rule = _("Left as it is, by the treatment rules.")
        left = _open(run).filter(treatment=Treatment.IGNORE)
        left.update(state=DiscrepancyState.IGNORED, remark=by_rule, settled_at=now)
        correction_file.set_aside_changed(_open(run), now=now)
        if _number(run):
            correction_file.write(run, _open(run), now=now)
            run.export(now=now)
        else:
            run.correct(now=now)
        run.save()
    return True


def _open(run: Run) -> QuerySet[Discrepancy]:
    return Discrepancy.objects.filter(run=run, round=run.round, state=DiscrepancyState.OPEN)


def _number(run: Run) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, {"run": run.pk, "round": run.round})
        return int(cursor.rowcount)
