"""What a payment costs."""

import pytest
from django.db import connection

from billing.fees import FeeTerms, fee, fee_sql

CASES = [
    (10_000, FeeTerms(), 0),
    (10_000, FeeTerms(basis_points=60), 60),
    (5_000, FeeTerms(basis_points=3), 2),
    (4_999, FeeTerms(basis_points=3), 1),
    (1_000, FeeTerms(basis_points=10, floor_fen=5), 5),
    (1_000_000, FeeTerms(basis_points=60, cap_fen=2_000), 2_000),
    (1_000, FeeTerms(basis_points=60, floor_fen=10, cap_fen=8), 8),
    (0, FeeTerms(floor_fen=5), 0),
]


@pytest.mark.parametrize(("amount_fen", "terms", "costs"), CASES)
def test_a_payment_costs_its_share_between_the_least_and_the_most(
    amount_fen: int, terms: FeeTerms, costs: int
) -> None:
    assert fee(amount_fen, terms) == costs


@pytest.mark.django_db
@pytest.mark.parametrize(("amount_fen", "terms", "costs"), [each for each in CASES if each[0]])
def test_the_database_reckons_the_same_fee(amount_fen: int, terms: FeeTerms, costs: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {fee_sql('paid.fen', 'terms')} FROM (SELECT %s::bigint AS fen) AS paid,"
            " (SELECT %s::int AS fee_basis_points, %s::int AS fee_floor_fen, %s::int AS fee_cap_fen) AS terms",
            [amount_fen, terms.basis_points, terms.floor_fen, terms.cap_fen],
        )
        assert cursor.fetchone() == (costs,)
