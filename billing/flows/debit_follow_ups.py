"""What follows debits that failed or that the bank contradicts (domain.md C3): a contract or mandate is suspended, or
people look; all before the items themselves change, in the same transaction.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from billing import return_verdicts as verdicts
from billing.flows import mandate as mandates
from billing.models import Arrangement, DebitReturn
from billing.return_verdicts import JUDGED
from billing.states import FollowUp, LineEffect
from signing.flows import manual_case, suspension
from signing.flows.change import Origin
from signing.flows.manual_case import Evidence, Matter
from signing.states import CaseReason, Source
from unipay import clock

MOST_CASES = 200
"""So many lines of one return become cases of their own; where more are odd, the file as a whole is one."""

_SUSPEND = f"""
    SELECT DISTINCT item.contract_id, item.mandate_id, judged.reason_code
    FROM {JUDGED} judged JOIN billing_debititem item ON item.id = judged.item_id
    WHERE judged.verdict = '{LineEffect.FAILED}' AND judged.follow_up = '{FollowUp.SUSPEND}'
    ORDER BY 1, 2, 3
"""
_ODD = f"""
    SELECT item.item_no, item.msisdn, item.province_id, item.state, judged.verdict, judged.result_code,
        judged.reason_code, judged.said_fen, judged.asked_fen, judged.line_no
    FROM {JUDGED} judged JOIN billing_debititem item ON item.id = judged.item_id
    WHERE judged.verdict = '{LineEffect.CASE}'
        OR judged.verdict = '{LineEffect.FAILED}' AND judged.follow_up = '{FollowUp.CASE}'
        OR judged.item_id IN ({verdicts.EXCESS})
    ORDER BY item.id
"""


def carry_out(returned: DebitReturn, arrangement: Arrangement, *, now: datetime) -> None:
    """Suspend what is to be suspended, and open the cases of the lines at hand."""
    for contract_id, mandate_id, reason_code in _rows(_SUSPEND):
        if contract_id is not None:
            origin = Origin(
                Source.BANK, clock.business_date(now), arrangement.bank, returned.file.file_no[:64]
            )
            suspension.suspend(contract_id, reason=reason_code, origin=origin, now=now)
        else:
            mandates.suspend(mandate_id, remark=reason_code)
    odd = _rows(_ODD)
    if returned.odd_count + len(odd) > MOST_CASES:
        open_case_of_file(returned, len(odd), now)
        return
    for row in odd:
        _open_case(returned, row, now)


def _open_case(returned: DebitReturn, row: tuple[Any, ...], now: datetime) -> None:
    item_no, msisdn, province_id, state, verdict, code, reason_code, said_fen, asked_fen, line_no = row
    reason = CaseReason.DEBIT_FAILED if verdict == LineEffect.FAILED else CaseReason.DEBIT_CONTRADICTION
    facts = {
        "item_no": item_no,
        "item_state": state,
        "result_code": code,
        "reason": reason_code,
        "said_fen": said_fen,
        "asked_fen": asked_fen,
        "file_no": returned.file.file_no,
    }
    manual_case.open_case(
        cause=f"{reason}:{item_no}",
        reason=reason,
        about=Matter(f"debit_item:{item_no}", msisdn, province_id),
        evidence=[
            Evidence(facts=facts, partner=returned.bank, request_no=f"{returned.return_no}/{line_no}"[:64])
        ],
        now=now,
    )


def open_cases_of_silence(returned: DebitReturn, *, now: datetime) -> None:
    """Leave to people what a bank that names failures only is silent about, where we had ended it unanswered."""
    given = {"batch": returned.batch_id, "most": MOST_CASES + 1}
    with connection.cursor() as cursor:
        cursor.execute(verdicts.ENDED_IN_SILENCE, given)
        found = cursor.fetchall()
    if len(found) > MOST_CASES:
        open_case_of_file(returned, len(found), now)
        return
    for item_no, msisdn, province_id, state, asked_fen in found:
        verdict = LineEffect.CASE
        _open_case(
            returned, (item_no, msisdn, province_id, state, verdict, "", "", asked_fen, asked_fen, 0), now
        )


def open_case_of_file(returned: DebitReturn, count: int, now: datetime) -> None:
    """Leave a return file to people: so many of its lines are odd, or can't be placed."""
    manual_case.open_case(
        cause=f"{CaseReason.DEBIT_CONTRADICTION}:{returned.return_no}",
        reason=CaseReason.DEBIT_CONTRADICTION,
        about=Matter(returned.subject),
        evidence=[Evidence(facts={"file_no": returned.file.file_no, "lines": count}, partner=returned.bank)],
        now=now,
    )


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
