"""The failure file of a return (domain.md C4): what could not be debited of bills that were settled at export, for
staff.
"""

from datetime import datetime

import structlog
from django.db import connection, transaction

from billing.kinds import DEBIT_FAILURES
from billing.models import DebitReturn
from billing.states import LineEffect
from unipay.errors import Refusal
from unipay.exchange.flows import send
from unipay.exchange.writing import CopyQuery, Unwritable

log = structlog.get_logger(__name__)

_LINES = f"""
    SELECT batch.batch_no, item.item_no, nullif(item.msisdn, '') AS msisdn,
        nullif(item.agreement_no, '') AS agreement_no,
        coalesce(contract.account_mask, mandate.account_mask) AS account_mask,
        item.asked_fen, item.bank_code AS result_code, item.reason_code AS reason, item.follow_up
    FROM billing_returnline line
    JOIN billing_debititem item ON item.item_no = line.item_no
    JOIN billing_debitbatch batch ON batch.id = item.batch_id
    LEFT JOIN signing_contract contract ON contract.id = item.contract_id
    LEFT JOIN billing_mandate mandate ON mandate.id = item.mandate_id
    WHERE line.returned_id = {{returned}} AND line.effect = '{LineEffect.FAILED}' ORDER BY line.line_no
"""


def write(returned: DebitReturn, *, now: datetime) -> None:
    """Write the file where something failed that had been settled at export; without a layout for it there is none."""
    if returned.batch is None or not returned.batch.run.arrangement.settles_at_export:
        return
    if not returned.lines.filter(effect=LineEffect.FAILED).exists():
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            file = send.send(
                kind=DEBIT_FAILURES,
                partner=returned.bank,
                subject=returned.subject,
                business_date=returned.batch.run.debit_date,
                rows=CopyQuery(cursor, _LINES.format(returned=int(returned.pk))),
                now=now,
            )
    except (Refusal, Unwritable) as error:
        log.warning("failure_file_not_written", return_no=returned.return_no, error=repr(error))
        return
    DebitReturn.objects.filter(pk=returned.pk).update(failure_file=file)
