"""The request file of a batch (domain.md C3 to C6): one line per item, accounts opened while the lines are written and
nowhere kept in plain.
"""

from datetime import datetime

from django.db import connection

from billing.kinds import REQUESTS
from billing.models import DebitRun
from billing.states import BY_CONTRACT
from unipay.errors import Refusal
from unipay.exchange import errors, queries
from unipay.exchange.flows import send as sending
from unipay.exchange.models import FileLayout, SentFile
from unipay.exchange.writing import CopyQuery

__all__ = ["SentFile", "layout_of", "send"]

_LINES = """
    SELECT '{batch_no}' AS batch_no, item.item_no, nullif(item.msisdn, '') AS msisdn,
        nullif(item.agreement_no, '') AS agreement_no, payer.{payer_no} AS bank_contract_no, payer.account_number,
        payer.account_mask, payer.holder_name, item.asked_fen, item.attempt, item.oldest_month AS billing_month
    FROM billing_debititem item JOIN {payers} payer ON payer.id = item.{payer_id}
    WHERE item.id IN ({items}) ORDER BY item.id
"""
_BY_CONTRACT = {"payers": "signing_contract", "payer_id": "contract_id", "payer_no": "bank_contract_no"}
_BY_MANDATE = {"payers": "billing_mandate", "payer_id": "mandate_id", "payer_no": "mandate_no"}


def layout_of(run: DebitRun) -> FileLayout:
    """Return the layout in which the run's bank gets its requests; raises Refusal where there is none."""
    kind = REQUESTS[run.arrangement.way]
    layout = queries.layout_for(kind, run.arrangement.bank, run.debit_date)
    if layout is None:
        raise Refusal(errors.LAYOUT_MISSING, kind)
    return layout


def send(run: DebitRun, batch_no: str, items: str, *, now: datetime) -> SentFile:
    """Write and send the file of a batch; `items` is SQL of the ids of its items."""
    by_contract = run.arrangement.way in BY_CONTRACT
    named = _BY_CONTRACT if by_contract else _BY_MANDATE
    context = "contract" if by_contract else "mandate"
    with connection.cursor() as cursor:
        rows = CopyQuery(
            cursor,
            _LINES.format(batch_no=batch_no, items=items, **named),
            sealed={"account_number": f"{context}.account", "holder_name": f"{context}.holder"},
        )
        return sending.send(
            kind=REQUESTS[run.arrangement.way],
            partner=run.arrangement.bank,
            subject=f"debit_batch:{batch_no}",
            business_date=run.debit_date,
            rows=rows,
            now=now,
        )
