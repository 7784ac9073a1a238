"""What happens when money that was taken is credited at the province (domain.md C2, C11): it is asked by messages of
many recharges each, and what it answers is applied at once to all of them.

An answer that comes twice, late, or with some recharges missing does no harm: what is missing is asked for again by
the sweep, what is refused or never answered becomes a case. So does what contradicts an earlier word of the province:
a message of many recharges is still sent when one of them goes back meanwhile, and must not be credited any more.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from billing import messages
from billing.accounts import accounts_for
from billing.errors import RECHARGE_NOT_FOUND, RECHARGE_NOT_STUCK
from billing.flows import post, stuck
from billing.locks import lock_recharges
from billing.models import JournalEntry, Recharge
from billing.posting import POSTINGS
from billing.states import RECHARGE_OVER, EntryKind, RechargeState
from unipay import clock
from unipay.errors import Refusal
from unipay.messaging.models import MessageState, OutboundMessage
from unipay.partners import queries as partners
from unipay.partners.gateways import money
from unipay.partners.gateways.money import Credit
from unipay.partners.kinds import Direction
from unipay.partners.models import Partner

LOOK_AGAIN = timedelta(days=1)
"""When the sweep looks at what was promised: by then the outbox has used up its ladder."""

CREDITED_AFTER_GOING_BACK = "credited_after_going_back"
REFUSED_AFTER_CREDIT = "refused_after_credit"
"""What cases say of a province that contradicts itself."""

_SOON, _SELDOM = timedelta(minutes=1), timedelta(hours=1)
_LET_GO = (EntryKind.REVERSED, EntryKind.REFUND_OWED)
_GONE = (*RECHARGE_OVER, RechargeState.REFUND_OWED)
_PAID = f"SELECT id FROM billing_recharge WHERE id IN ({{query}}) AND state = '{RechargeState.PAID}'"
# Rows that were made with their first attempt noted are left as they are: a run makes millions of them. The last day is
# not slept through.
_NOTE_ATTEMPT = f"""
    UPDATE billing_recharge SET landing_attempts = landing_attempts + 1,
        next_landing_at = CASE WHEN refund_by > %(today)s
            THEN least(%(look_again)s, refund_by::timestamp AT TIME ZONE '{clock.BUSINESS_ZONE.key}')
            ELSE %(look_again)s END
    WHERE id = ANY(%(ids)s) AND (landing_attempts = 0 OR next_landing_at IS NULL OR next_landing_at <= %(now)s)
"""
_LAND = f"""
    UPDATE billing_recharge recharge SET state = '{RechargeState.LANDED}', landed_at = %(posted_at)s,
        landing_error = '', next_landing_at = NULL, landed_entry_id = {post.next_entry_id_sql()}
    WHERE recharge.id = ANY(%(ids)s) AND recharge.state = '{RechargeState.PAID}'
    RETURNING recharge.landed_entry_id AS entry_id, 'recharge:' || recharge.recharge_no AS subject,
        %(business_date)s::date AS business_date, recharge.amount_fen, %(debit)s::bigint AS debit_id,
        %(credit)s::bigint AS credit_id, NULL::bigint AS reverses_id
"""


def promise_landings(*, query: str, given: Mapping[str, Any], now: datetime) -> int:
    """Promise to have the paid ones of these recharges (SQL of ids) credited; return how many messages that makes.

    Whoever makes recharges by the thousand inserts them with `landing_attempts` 1 and `next_landing_at` now +
    LOOK_AGAIN, and spares itself a second write of each.
    """
    ids = lock_recharges(query=_PAID.format(query=query), given=given)
    if not ids:
        return 0
    with connection.cursor() as cursor:
        noted: dict[str, Any] = {"ids": ids, "now": now, "look_again": now + LOOK_AGAIN}
        noted["today"] = clock.business_date(now)
        cursor.execute(_NOTE_ATTEMPT, noted)
    return messages.ask_to_land(ids, now=now)


def settled(message: OutboundMessage, now: datetime) -> None:
    """The province answered a message; runs in the transaction that settles it."""
    asked = _asked(message)
    if message.state == MessageState.DELIVERED:
        words = (money.CREDITED, money.REFUSED)
        told = money.credits_told(message.partner, message.answer, asked, words)
        apply(message.partner, told, asked_at=_sent_at(message), now=now)
        ask_again([number for number in asked if number not in told], now=now)
    else:
        _refused_whole(message, asked, now=now)


def _refused_whole(message: OutboundMessage, asked: Collection[str], *, now: datetime) -> None:
    """The province did not take the message. That settles what it was asked for once; of the rest an earlier call may
    have been credited and its answer lost: the sweep asks on, the less often the older they are."""
    for recharge in _paid(asked, message.partner):
        wait = min(max((now - recharge.paid_at) / 4, _SOON), _SELDOM)
        is_settled = message.attempts <= 1 and recharge.landing_attempts <= 1
        next_look = None if is_settled else now + wait
        note_trouble(recharge, _reason(message), message.partner, next_look=next_look, now=now)


def died(message: OutboundMessage, now: datetime) -> None:
    """The ladder is used up: people must know, and the sweep goes on asking."""
    for recharge in _paid(_asked(message)):
        note_trouble(recharge, message.last_error, message.partner, next_look=now + _SOON, now=now)


def apply(
    province: Partner, told: Mapping[str, Credit], *, asked_at: datetime | None = None, now: datetime
) -> None:
    """Make true what the province says of recharges of its own, inside the caller's transaction; `asked_at`: when it
    was asked, now if not given. What contradicts its earlier word moves no money and is a case."""
    credited = [number for number, credit in told.items() if credit.result == money.CREDITED]
    refused = {number: credit for number, credit in told.items() if credit.result == money.REFUSED}
    # Cases before recharges, and the accounts last, in the order of the locks.
    if refused:
        note_denied(province, refused, now=now)
        _note_refused(province, refused, now=now)
    if credited:
        _look_at_cases(province, credited, asked_at=asked_at or now, now=now)
        land(province, credited, now=now)


def land(province: Partner, recharge_nos: Collection[str], *, now: datetime) -> int:
    """Credit the paid ones among the province's recharges: states, entries and lines in one statement."""
    ids = lock_recharges(
        query=f"""SELECT id FROM billing_recharge WHERE recharge_no = ANY(%(numbers)s)
            AND province_id = %(province)s AND state = '{RechargeState.PAID}'""",
        given={"numbers": list(recharge_nos), "province": province.pk},
    )
    if not ids:
        return 0
    # One shard for all that is credited at once, so that others go on beside it.
    posting = POSTINGS[EntryKind.LANDED]
    owners = dict.fromkeys((posting.debit, posting.credit), province.pk)
    found = accounts_for(owners, key=min(recharge_nos))
    given = {"ids": ids, "business_date": clock.business_date(now)}
    given |= {"debit": found[posting.debit], "credit": found[posting.credit]}
    return post.post_each(EntryKind.LANDED, query=_LAND, given=given, now=now) // 2


def ask_again(recharge_nos: Sequence[str], *, now: datetime) -> None:
    """Have the sweep ask soon what became of these."""
    if recharge_nos:
        paid = Recharge.objects.filter(recharge_no__in=recharge_nos, state=RechargeState.PAID)
        paid.update(next_landing_at=now + _SOON)


@transaction.atomic
def try_again(recharge_no: str, *, now: datetime) -> Recharge:
    """Staff have a paid recharge credited anew, or asked back anew; raises Refusal when it waits for nothing."""
    given = {"number": recharge_no}
    lock_recharges(query="SELECT id FROM billing_recharge WHERE recharge_no = %(number)s", given=given)
    recharge = Recharge.objects.select_related("bank").filter(recharge_no=recharge_no).first()
    if recharge is None:
        raise Refusal(RECHARGE_NOT_FOUND)
    if recharge.state == RechargeState.PAID:
        promise_landings(query="SELECT %(id)s::bigint", given={"id": recharge.pk}, now=now)
    elif recharge.state == RechargeState.TAKING_BACK:
        messages.ask_to_take_back([recharge.pk], now=now)
    elif recharge.state == RechargeState.REFUND_OWED:
        messages.ask_to_refund(recharge, now=now)
    else:
        raise Refusal(RECHARGE_NOT_STUCK)
    return recharge


def _asked(message: OutboundMessage) -> list[str]:
    return [str(each["recharge_no"]) for each in message.payload["landings"]]


def _reason(message: OutboundMessage) -> str:
    code = str((message.answer or {}).get("result_code", ""))
    row = partners.result_code_row(message.partner, Direction.ANSWER, money.LAND_RECHARGES, code)
    return (row.reason_code if row else "") or code or money.REFUSED


def _paid(recharge_nos: Collection[str], province: Partner | None = None) -> list[Recharge]:
    found = Recharge.objects.filter(recharge_no__in=list(recharge_nos), state=RechargeState.PAID)
    return list((found.filter(province=province) if province else found).order_by("id"))


def note_trouble(
    recharge: Recharge, error: str, province: Partner, *, next_look: datetime | None, now: datetime
) -> None:
    """A case first, then the recharge, in the order of the locks; one that was credited meanwhile needs none."""
    stuck.open_case(recharge, told_by=province, facts={"error": error}, now=now)
    noted = Recharge.objects.filter(pk=recharge.pk, state=RechargeState.PAID).update(
        landing_error=(error or money.REFUSED)[:200], next_landing_at=next_look
    )
    if not noted:
        stuck.withdraw_case(recharge.recharge_no, now=now)


def note_denied(province: Partner, refused: Collection[str], *, now: datetime) -> None:
    """What the province said it had credited, it now says it never will: people must look, the credit stands."""
    landed = Recharge.objects.filter(
        recharge_no__in=list(refused), province=province, state=RechargeState.LANDED
    )
    for recharge in landed.order_by("id"):
        stuck.open_case(recharge, told_by=province, facts={"error": REFUSED_AFTER_CREDIT}, now=now)


def _note_refused(province: Partner, refused: Mapping[str, Credit], *, now: datetime) -> None:
    for recharge in _paid(refused, province):
        reason = refused[recharge.recharge_no].reason_code or money.REFUSED
        note_trouble(recharge, reason, province, next_look=None, now=now)


def _look_at_cases(
    province: Partner, credited: Collection[str], *, asked_at: datetime, now: datetime
) -> None:
    """What hung and is credited now needs people no more; what has gone back does, where the province credited it
    after it had let it go, or without having been asked to."""
    entries = JournalEntry.objects.filter(
        subject=Concat(Value("recharge:"), OuterRef("recharge_no")), kind__in=_LET_GO
    )
    told = Recharge.objects.filter(recharge_no__in=list(credited), province=province)
    odd = told.filter(Q(state__in=_GONE) | ~Q(landing_error=""))
    for recharge in odd.annotate(let_go_at=Subquery(entries.values("posted_at")[:1])).order_by("id"):
        if recharge.state not in _GONE:
            stuck.withdraw_case(recharge.recharge_no, now=now)
        # Asked before it let the recharge go, it may have credited it and taken it back since.
        elif recharge.back_asked_at is None or recharge.let_go_at < asked_at:
            stuck.open_case(recharge, told_by=province, facts={"error": CREDITED_AFTER_GOING_BACK}, now=now)


def _sent_at(message: OutboundMessage) -> datetime | None:
    """When the call began that the message's answer is from."""
    return message.delivery_attempts.order_by("-number").values_list("started_at", flat=True).first()
