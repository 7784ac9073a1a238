"""The figures of a day are what a plain count of the tables gives, however often it is counted."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.flows.daily_figures import GRACE, LONGEST_WAIT, refresh
from signing.models import Contract, CountedDay, DailyFigure, SigningSession, SigningTransaction
from signing.states import BANK_CHANNELS
from tests.factories import make_partner
from tests.plans import statements_sent, tables_read_whole
from tests.signing.factories import (
    make_contract,
    make_session,
    make_transaction,
    the_bank,
    the_hall,
    the_province,
)
from tests.signing.many_rows import BIG, load_many_rows
from unipay.clock import business_date, business_day_start
from unipay.messaging.models import InboundRequest
from unipay.partners.models import NumberSegment, Partner, PortedNumber

DAY = date(2026, 3, 2)
MIDNIGHT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # in Shanghai the second of March begins
NOON = MIDNIGHT + timedelta(hours=12)
A_MOMENT = timedelta(microseconds=1)
TO_SIGN = "signings.create"

pytestmark = pytest.mark.django_db

_events = st.tuples(
    st.sampled_from(["signed", "terminated", "session", "provisional", "ended", "asked", "refused"]),
    st.sampled_from(["ICBC", "CCB"]),
    st.sampled_from(["ZJ", "GD"]),
    st.integers(min_value=-30 * 60, max_value=30 * 60),  # minutes around the day's midnight
    st.integers(min_value=0, max_value=5),
)
_serial = iter(range(1, 1_000_000))


def make_request(partner: Partner | None = None, **fields: Any) -> InboundRequest:
    """A request that was answered; with a `code` it was refused."""
    code = fields.pop("code", "")
    usual: dict[str, Any] = {
        "request_no": f"R{next(_serial)}",
        "operation": TO_SIGN,
        "digest": "0" * 64,
        "key_id": "k1",
        "request_id": "t1",
        "body": "{}",
        "state": "DONE",
        "status": 422 if code else 201,
        "answer": {"code": code} if code else {"state": "PROVISIONAL"},
        "answered_at": NOON,
    }
    return InboundRequest.objects.create(partner=partner or the_bank(), **{**usual, **fields})


def the_provinces() -> None:
    the_province("ZJ", prefix="1380571")
    if not Partner.objects.filter(code="GD").exists():
        guangdong = make_partner("GD", "PROVINCE")
        NumberSegment.objects.create(prefix="1380020", province=guangdong)


def happen(kind: str, bank_code: str, province_code: str, minutes: int, choice: int) -> None:
    """Make one thing happen, as the tables would show it."""
    moment = MIDNIGHT + timedelta(minutes=minutes)
    bank, province = the_bank(bank_code), Partner.objects.get(code=province_code)
    msisdn = f"{'1380571' if province_code == 'ZJ' else '1380020'}{next(_serial) % 10_000:04d}"
    common: dict[str, Any] = {"msisdn": msisdn, "bank": bank, "province": province, "opened_at": moment}
    channel = [*BANK_CHANNELS, "CARRIER", "COUNTER", "KIOSK"][choice]
    if kind in ("signed", "terminated"):
        contract = make_contract("TERMINATED", channel=channel, **common)
        reason = ["BANK_REQUEST", "ACCOUNT_CLOSED"][choice % 2] if kind == "terminated" else ""
        make_transaction(contract, kind.upper(), occurred_at=moment, reason=reason)
    elif kind == "session":
        state = ["OPENED", "AT_BANK", "FAILED", "EXPIRED", "COMPLETED", "COMPLETED"][choice]
        consented = moment if choice in (1, 4, 5) else None
        contract = make_contract("CONTESTED", **{**common, "channel": "CARRIER"}) if choice > 3 else None
        make_session(state, consented_at=consented, contract=contract, **common)
        if choice == 5:
            make_transaction(contract, occurred_at=moment - timedelta(days=20))
    elif kind == "provisional":
        make_contract("CONTESTED", channel=channel, **common)
    elif kind == "ended":
        make_contract(
            "TERMINATED", channel=channel, end_reason=["EXPIRED", "NOT_SIGNED"][choice % 2], **common
        )
    else:
        code = ["number_has_contract", "bank_closed", ""][choice % 3] if kind == "refused" else ""
        status = 409 if kind == "refused" else 201
        operation = TO_SIGN if choice < 4 else "contracts.amend"
        answer = {"code": code} if code else {}
        partner = bank if choice != 1 else the_hall()
        make_request(
            partner, msisdn=msisdn, received_at=moment, operation=operation, status=status, answer=answer
        )


def plainly_counted(day: date) -> Counter[tuple[Any, ...]]:
    """Count the day row by row, in Python."""
    rows = [*_journal(), *_began(), *_asked()]
    return Counter(key for moment, key in rows if business_date(moment) == day)


def _journal() -> Iterator[tuple[datetime, tuple[Any, ...]]]:
    for line in SigningTransaction.objects.select_related("contract"):
        detail = line.contract.channel if line.kind == "SIGNED" else line.reason
        yield line.occurred_at, (line.kind, line.bank_id, line.province_id, detail)


def _began() -> Iterator[tuple[datetime, tuple[Any, ...]]]:
    for session in SigningSession.objects.all():
        for measure in ("SESSION", "CONSENTED") if session.consented_at else ("SESSION",):
            is_formal = session.contract and session.contract.transactions.filter(kind="SIGNED").exists()
            detail = "FORMAL" if is_formal else session.state
            yield session.opened_at, (measure, session.bank_id, session.province_id, detail)
    for contract in Contract.objects.filter(channel__in=BANK_CHANNELS):
        was_formal = contract.transactions.filter(kind="SIGNED").exists()
        detail = contract.state if was_formal else contract.end_reason or contract.state
        yield contract.opened_at, ("OPENED", contract.bank_id, contract.province_id, detail)


def _asked() -> Iterator[tuple[datetime, tuple[Any, ...]]]:
    homes = dict(NumberSegment.objects.values_list("prefix", "province_id"))
    for asked in InboundRequest.objects.select_related("partner"):
        bank_id = asked.partner_id if asked.partner.kind == "BANK" else None
        home = homes[asked.msisdn[:7]]
        if asked.operation == TO_SIGN:
            yield asked.received_at, ("ASKED", bank_id, home, "")
        if asked.status and asked.status >= 400:
            yield asked.received_at, ("REFUSED", bank_id, home, asked.answer.get("code", ""))


def kept(day: date) -> Counter[tuple[Any, ...]]:
    rows = DailyFigure.objects.filter(day=day)
    return Counter({(row.measure, row.bank_id, row.province_id, row.detail): row.count for row in rows})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(_events, max_size=25), more=st.lists(_events, max_size=10))
def test_the_figures_are_what_a_plain_count_gives(db: None, events: list[Any], more: list[Any]) -> None:
    with transaction.atomic():
        the_provinces()
        CountedDay.objects.create(day=DAY - timedelta(days=2), as_of=NOON, is_settled=True)
        for event in events:
            happen(*event)
        refresh(now=NOON)
        assert kept(DAY) == plainly_counted(DAY)
        assert kept(DAY - timedelta(days=1)) == plainly_counted(DAY - timedelta(days=1))

        for event in more:
            happen(*event)
        refresh(now=NOON + timedelta(minutes=1))

        assert kept(DAY) == plainly_counted(DAY)
        transaction.set_rollback(True)


def test_counting_again_writes_nothing() -> None:
    make_transaction(make_contract(opened_at=NOON))
    make_session("AT_BANK", opened_at=NOON)
    refresh(now=NOON)
    before = versions()

    refresh(now=NOON + timedelta(minutes=1))

    assert versions() == before
    assert len(before) == 4
    assert CountedDay.objects.get(day=DAY).as_of == NOON + timedelta(minutes=1)


def test_a_session_that_went_on_is_counted_where_it_is_now() -> None:
    session = make_session("OPENED", opened_at=NOON)
    refresh(now=NOON)

    session.hand_over(bank_id=the_bank().pk, now=NOON)
    session.save()
    refresh(now=NOON)

    assert kept(DAY) == {
        ("SESSION", the_bank().pk, session.province_id, "AT_BANK"): 1,
        ("CONSENTED", the_bank().pk, session.province_id, "AT_BANK"): 1,
    }


@pytest.mark.parametrize(
    ("occurred_at", "day"),
    [
        (MIDNIGHT - A_MOMENT, DAY - timedelta(days=1)),
        (MIDNIGHT, DAY),
        (MIDNIGHT + timedelta(days=1) - A_MOMENT, DAY),
        (MIDNIGHT + timedelta(days=1), DAY + timedelta(days=1)),
    ],
)
def test_a_day_begins_and_ends_at_midnight_in_shanghai(occurred_at: datetime, day: date) -> None:
    make_transaction(make_contract(), occurred_at=occurred_at)

    refresh(now=MIDNIGHT + timedelta(days=1, hours=1))

    assert DailyFigure.objects.get(measure="SIGNED").day == day


def test_the_first_run_counts_a_fortnight() -> None:
    days = refresh(now=NOON)

    assert days == [DAY - timedelta(days=ago) for ago in range(13, -1, -1)]


def test_only_today_is_counted_again_once_the_days_before_are_settled() -> None:
    refresh(now=NOON)

    assert refresh(now=NOON + timedelta(minutes=1)) == [DAY]


def test_after_midnight_yesterday_is_counted_until_nothing_more_can_be_written_down() -> None:
    refresh(now=NOON)
    midnight = MIDNIGHT + timedelta(days=1)
    tomorrow = DAY + timedelta(days=1)

    just_after = refresh(now=midnight)
    with_grace = refresh(now=midnight + GRACE)
    later = refresh(now=midnight + GRACE + timedelta(minutes=1))

    assert (just_after, with_grace, later) == ([DAY, tomorrow], [DAY, tomorrow], [tomorrow])


@pytest.mark.parametrize("make", [make_session, lambda **given: make_contract("PROVISIONAL", **given)])
def test_a_day_is_not_settled_while_something_that_began_on_it_is_under_way(make: Callable[..., Any]) -> None:
    make(opened_at=NOON)
    refresh(now=NOON)

    the_day_after = refresh(now=NOON + timedelta(days=1))
    still = refresh(now=NOON + timedelta(days=1, minutes=1))

    assert the_day_after == still == [DAY, DAY + timedelta(days=1)]


def test_a_day_whose_signings_never_end_is_settled_all_the_same() -> None:
    make_session(opened_at=NOON)
    refresh(now=NOON)
    end = business_day_start(DAY + timedelta(days=1))

    refresh(now=end + LONGEST_WAIT)

    assert CountedDay.objects.get(day=DAY).is_settled


def test_runs_missed_for_days_are_made_up_for() -> None:
    refresh(now=NOON)
    make_transaction(make_contract(opened_at=NOON), occurred_at=NOON + timedelta(hours=1))
    make_transaction(
        make_contract(opened_at=NOON, msisdn="13805710002"), occurred_at=NOON + timedelta(days=2)
    )

    days = refresh(now=NOON + timedelta(days=4))

    assert days == [DAY + timedelta(days=ahead) for ahead in range(5)]
    assert dict(DailyFigure.objects.filter(measure="SIGNED").values_list("day", "count")) == {
        DAY: 1,
        DAY + timedelta(days=2): 1,
    }


def test_a_request_counts_at_the_home_of_its_number() -> None:
    the_provinces()
    tibet = make_partner("XZ", "PROVINCE")
    PortedNumber.objects.create(msisdn="13805710009", province=tibet)
    NumberSegment.objects.create(prefix="138", province=tibet)
    for msisdn in ("13805710001", "13805710009", "13800209999", "13899990000", ""):
        make_request(msisdn=msisdn, received_at=NOON)

    refresh(now=NOON)

    counted = DailyFigure.objects.filter(measure="ASKED").values_list("province__code", "count")
    assert dict(counted) == {"ZJ": 1, "GD": 1, "XZ": 2, None: 1}


def test_a_hall_that_was_refused_is_no_bank() -> None:
    make_request(the_hall(), operation="signing_sessions.create", code="bank_closed", received_at=NOON)

    refresh(now=NOON)

    refused = DailyFigure.objects.get()
    assert (refused.measure, refused.bank_id, refused.detail) == ("REFUSED", None, "bank_closed")


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_count_once() -> None:
    for place in range(20):
        make_session(opened_at=NOON, msisdn=f"138057100{place:02d}")
    faults: list[Exception] = []

    def count() -> None:
        try:
            refresh(now=NOON)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert DailyFigure.objects.get(day=DAY).count == 20


def test_days_are_counted_by_index() -> None:
    load_many_rows(now=NOON)
    refresh(now=NOON - timedelta(days=1))

    with statements_sent() as sent:
        refresh(now=NOON)

    assert DailyFigure.objects.get(measure="SESSION", day=DAY).count == 12 * 3600 // 170
    assert len(sent) >= 10
    assert tables_read_whole(sent) & BIG == set()


def versions() -> set[tuple[Any, ...]]:
    """The physical rows: a row written again would be another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, xmin, id FROM signing_dailyfigure")
        return set(cursor.fetchall())
