"""Which numbers go together, as a table."""

import pytest

from signing.numbers import faults

PRIMARY = "13805710001"


@pytest.mark.parametrize(
    ("secondary", "expected"),
    [
        ([], []),
        (["13805710002", "13805710003"], []),
        (["13805710002"] * 2, [("secondary_msisdns[1]", "repeated")]),
        ([PRIMARY], [("secondary_msisdns[0]", "is_primary")]),
        (["13805710002", "13805710003", "13805710004"], [("secondary_msisdns", "too_many")]),
    ],
)
def test_numbers_of_a_contract_go_together(secondary: list[str], expected: list[tuple[str, str]]) -> None:
    found = faults(PRIMARY, secondary, most=2)

    assert [(fault.field, fault.code) for fault in found] == expected
