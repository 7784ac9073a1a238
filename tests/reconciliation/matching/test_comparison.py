"""The comparison of two books: exactly what a slow and obvious comparison finds, and nothing else."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.states import Period
from tests.reconciliation.matching.books import CARRIED, compared
from tests.reconciliation.matching.oracle import Entry, Found, in_full

ONE = Entry("B1", "13805710001")
ACCOUNTS = ("6222020000000000001", "6222020000000000002", "6222029999999990001")
ENTRIES = st.builds(
    Entry,
    no=st.sampled_from(["B1", "B2", "B3", "B4", "B5", "B6"]),
    msisdn=st.sampled_from(["13805710001", "13805710002", "13805710003", "13805710004", "13805710005"]),
    secondary_msisdns=st.sampled_from([(), ("13905710001",), ("13905710001", "13905710002")]),
    account=st.sampled_from(ACCOUNTS),
    account_type=st.sampled_from(["DEBIT", "CREDIT"]),
    recharge_threshold_fen=st.sampled_from([None, 0, 1000]),
    recharge_amount_fen=st.sampled_from([None, 5000]),
    auto_pay=st.booleans(),
)


def book(unique: str) -> st.SearchStrategy[list[Entry]]:
    """Entries of a book: no number twice, and in ours no mobile number twice either."""
    by = (lambda entry: entry.no, lambda entry: getattr(entry, unique))
    return st.lists(ENTRIES, max_size=6, unique_by=by)


@settings(max_examples=120, deadline=None)
@given(book("msisdn"), book("msisdn"))
def test_finds_exactly_what_the_slow_comparison_finds(ours: list[Entry], theirs: list[Entry]) -> None:
    with TemporaryDirectory() as directory:
        found, counts, _ = compared(ours, theirs, directory=Path(directory))

    expected = in_full(ours, theirs)
    assert found == expected
    assert (counts.ours, counts.theirs) == (len(ours), len(theirs))
    assert counts.even == len(ours) - sum(1 for each in expected if each.ours)


@pytest.mark.parametrize(
    ("changed", "attribute"),
    [
        ({"msisdn": "13805710009"}, "msisdn"),
        ({"secondary_msisdns": ("13905710001",)}, "secondary_msisdns"),
        ({"account": "6222020000000000002"}, "account"),
        ({"account": "6222021111100000001"}, "account"),
        ({"account_type": "CREDIT"}, "account_type"),
        ({"recharge_threshold_fen": 0}, "recharge_threshold_fen"),
        ({"recharge_amount_fen": 5000}, "recharge_amount_fen"),
        ({"auto_pay": True}, "auto_pay"),
    ],
)
def test_names_what_differs(changed: dict[str, object], attribute: str, tmp_path: Path) -> None:
    found, _, _ = compared([ONE], [ONE.but(**changed)], directory=tmp_path)

    assert found == [Found("DIFFERS", "B1", "B1", (attribute,))]


def test_accounts_with_one_mask_are_told_apart_by_their_index(tmp_path: Path) -> None:
    other = ONE.but(account="6222021111100000001")

    found, _, _ = compared([ONE], [other], directory=tmp_path)

    assert found == [Found("DIFFERS", "B1", "B1", ("account",))]


@pytest.mark.parametrize(
    "left_out", ["account_number", "auto_pay", "secondary_msisdns", "recharge_amount_fen"]
)
def test_what_the_layout_does_not_carry_is_not_compared(left_out: str, tmp_path: Path) -> None:
    other = ONE.but(
        account="6222029999999990001",
        auto_pay=True,
        secondary_msisdns=("13905710001",),
        recharge_amount_fen=1,
    )
    carried = tuple(name for name in CARRIED if name != left_out)

    found, _, _ = compared([ONE], [other], directory=tmp_path, carried=carried)

    attribute = "account" if left_out == "account_number" else left_out
    assert attribute not in found[0].attributes
    assert len(found[0].attributes) == 3


def test_the_order_of_secondary_numbers_means_nothing(tmp_path: Path) -> None:
    mine = ONE.but(secondary_msisdns=("13905710001", "13905710002"))
    yours = ONE.but(secondary_msisdns=("13905710002", "13905710001"))

    found, counts, _ = compared([mine], [yours], directory=tmp_path)

    assert found == []
    assert counts.even == 1


def test_the_same_number_and_account_under_another_contract_number_is_one_contract(tmp_path: Path) -> None:
    found, _, _ = compared([ONE.but(no="OLD")], [ONE.but(no="NEW")], directory=tmp_path)

    assert found == [Found("DIFFERS", "OLD", "NEW", ("bank_contract_no",))]


def test_a_file_with_masks_alone_tells_one_contract_under_another_number_too(tmp_path: Path) -> None:
    masked = tuple("account_mask" if name == "account_number" else name for name in CARRIED)

    found, _, _ = compared([ONE.but(no="OLD")], [ONE.but(no="NEW")], directory=tmp_path, carried=masked)

    assert found == [Found("DIFFERS", "OLD", "NEW", ("bank_contract_no",))]


def test_the_same_number_at_another_account_is_another_contract(tmp_path: Path) -> None:
    found, _, _ = compared(
        [ONE.but(no="OLD")], [ONE.but(no="NEW", account="6222029999999990001")], directory=tmp_path
    )

    assert found == [Found("MISSING_AT_BANK", ours="OLD"), Found("MISSING_HERE", theirs="NEW")]


def test_a_contract_whose_line_is_faulty_is_marked(tmp_path: Path) -> None:
    _, _, connection = compared([ONE], [], directory=tmp_path, faulty=[ONE])

    assert connection.execute("SELECT difference, is_faulty FROM found").fetchall() == [
        ("MISSING_AT_BANK", True)
    ]


INCREMENTS = [
    # ours, theirs, what is found
    (ONE, [ONE], []),
    (ONE, [ONE.but(change="AMENDED", auto_pay=True)], [Found("DIFFERS", "B1", "B1", ("auto_pay",))]),
    (ONE, [ONE.but(change="TERMINATED")], [Found("TERMINATED_AT_BANK", "B1", "B1")]),
    (ONE, [], [Found("MISSING_AT_BANK", "B1")]),
    (ONE.but(signed_that_day=False, last_change="AMENDED"), [], [Found("UNCONFIRMED", "B1")]),
    (ONE.but(state="TERMINATED", last_change="TERMINATED"), [], [Found("UNCONFIRMED", "B1")]),
    (ONE.but(signed_that_day=False, last_change=None), [], []),
    (ONE.but(state="TERMINATED"), [ONE.but(change="TERMINATED")], []),
    (ONE.but(state="TERMINATED"), [ONE], [Found("ENDED_HERE", "B1", "B1")]),
    (None, [ONE], [Found("MISSING_HERE", theirs="B1")]),
    (None, [ONE.but(change="TERMINATED")], []),
    (None, [ONE, ONE.but(change="TERMINATED")], []),
    (ONE, [ONE.but(change="TERMINATED"), ONE.but(change="SIGNED")], []),
]


@pytest.mark.parametrize(("ours", "theirs", "expected"), INCREMENTS)
def test_of_an_increments_lines_about_a_contract_the_last_one_counts(
    ours: Entry | None, theirs: list[Entry], expected: list[Found], tmp_path: Path
) -> None:
    found, _, _ = compared([ours] if ours else [], theirs, directory=tmp_path, period=Period.INCREMENT)

    assert found == expected
