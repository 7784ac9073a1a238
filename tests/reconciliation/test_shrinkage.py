"""How much of a book one file may end before people must look."""

import pytest

from reconciliation.shrinkage import is_too_much


@pytest.mark.parametrize(
    ("ending", "standing", "permille", "expected"),
    [
        (0, 0, 10, False),
        (1, 100, 10, False),
        (2, 100, 10, True),
        (10, 1000, 10, False),
        (11, 1000, 10, True),
        (1, 99, 10, True),
        (1, 1_000_000, 0, True),
        (0, 1_000_000, 0, False),
        (500, 500, 1000, False),
    ],
)
def test_more_than_the_share_is_too_much(ending: int, standing: int, permille: int, expected: bool) -> None:
    assert is_too_much(ending=ending, standing=standing, permille=permille) is expected
