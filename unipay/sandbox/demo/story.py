"""The story's table of contents: which chapters are told, how often, and what each scenario must lead to."""

from collections.abc import Iterator
from itertools import repeat

from unipay.sandbox.demo import changes, mishaps, money, reconciling, signings
from unipay.sandbox.demo.findings import Chapter
from unipay.sandbox.province import NUMBER_EVENTS

UNANSWERED = "503 province_unanswered"

# fmt: off
ANSWERS_OF_PROVINCE = (
    ("9001", "Province: already signed", "409 number_has_contract"),
    ("9002", "Province: number not normal", "422 number_not_normal"),
    ("9003", "Province: exclusive service", "422 exclusive_service"),
    ("9004", "Province: blacklisted", "422 number_blacklisted"),
    ("9005", "Province: secondary number", "422 secondary_not_allowed"),
    ("9006", "Province: unknown number", "422 unknown_number"),
    ("9011", "Province: slow", "201 PROVISIONAL"),
    ("9012", "Province: never answers", UNANSWERED),
    ("9013", "Province: wrongly signed", UNANSWERED),
    ("9014", "Province: unmapped code", UNANSWERED),
    ("9015", "Province: down", UNANSWERED),
)
ANNOUNCEMENTS = (
    ("9030", "Announced anew", "200 ACTIVE, 200 ACTIVE", "ACTIVE"),
    ("9031", "Announced twice", "200 ACTIVE, 200 ACTIVE replay", "ACTIVE"),
    ("9033", "FAILED, then SIGNED", "200 TERMINATED, 200 CONTESTED case", "CONTESTED"),
    ("9034", "Wrongly signed result", "401 signature_invalid", "PROVISIONAL"),
    ("9035", "Bank falls silent", "nothing announced", "PROVISIONAL"),
    ("9036", "Bank channel: account check fails", "200 TERMINATED", "TERMINATED"),
    ("9037", "Notice lost", "nothing announced", "PROVISIONAL"),
    ("9038", "Bank never signed", "nothing announced", "PROVISIONAL"),
    ("9039", "Terms above the maximum", "422 terms_not_allowed", "PROVISIONAL"),
)
NOTICES_TO_PROVINCE = (
    ("9021", "Province refuses the contract", "200 3001"),
    ("9022", "Notice fails twice", "503, 503, 200 0000"),
    ("9023", "Notice: unmapped code", "200 7777"),
)
# fmt: on
BOOKS_THAT_DIFFER = ("9051", "9053", "9054", "9055", "9056")


def chapters(count: int) -> Iterator[Chapter]:
    """Yield the chapters in the order they are told; `count` is how many numbers are signed, at least some dozen."""
    yield from _what_takes_long()
    ordinary = max(count // 10, 2)
    yield from repeat(changes.amended, ordinary)
    yield from repeat(changes.terminated_by_bank, ordinary)
    yield from repeat(changes.terminated_by_province, max(ordinary // 3, 1))
    for event in NUMBER_EVENTS:
        yield from repeat(changes.number_event(event), max(ordinary // 6, 1))
    yield from repeat(signings.two_banks_at_once, max(ordinary // 3, 1))
    yield from repeat(signings.overtaken_by_another_bank, max(ordinary // 3, 1))
    yield signings.overtaken_by_its_number
    for ending in BOOKS_THAT_DIFFER:
        yield signings.overtaken_where_books_differ(ending)
    yield from repeat(signings.second_bank_refused, max(ordinary // 3, 1))
    yield from repeat(signings.account_check_failed, max(ordinary // 3, 1))
    yield from _mishaps()
    yield from repeat(signings.signed_over_hall, count // 4)
    yield from repeat(signings.signed_over_hall_told_by_us, max(count // 20, 1))
    yield from repeat(signings.signed_at_counter, count // 4)
    yield from _money(max(count // 30, 1))
    yield reconciling.three_books


def _what_takes_long() -> Iterator[Chapter]:
    """Repeated deliveries take up to a minute: they begin first and are looked at last."""
    for ending, step, expected in NOTICES_TO_PROVINCE:
        yield mishaps.told_to_province(ending, step=step, expected=expected)
    yield mishaps.hall_is_down
    yield money.credited_in_the_end


def _money(times: int) -> Iterator[Chapter]:
    """A run each day and arrangement: one of each kind is told, recharges more often."""
    yield from repeat(money.recharged, times)
    yield money.refused
    yield money.spent
    yield money.batch_debit()
    yield money.offline_collection()


def _mishaps() -> Iterator[Chapter]:
    for ending, step, expected in ANSWERS_OF_PROVINCE:
        yield mishaps.asked_of_province(ending, step=step, expected=expected)
    for ending, step, expected, then in ANNOUNCEMENTS:
        yield mishaps.announced(ending, step=step, expected=expected, then=then)
    yield mishaps.announced_late_but_in_time
    yield mishaps.announced_too_late
    yield mishaps.request_number_reused
