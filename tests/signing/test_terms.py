"""Which terms an offer allows, as a table."""

import pytest

from signing.terms import Offer, Terms, faults, settled, user_type_of

PREPAID = Offer("PREPAID", 2000, 10000, 5000, 50000)
POSTPAID = Offer("POSTPAID", auto_pay_allowed=False)
POSTPAID_AUTO = Offer("POSTPAID", auto_pay_allowed=True)


@pytest.mark.parametrize(
    ("said", "offer", "expected"),
    [
        (Terms(2000, 5000), PREPAID, []),
        (Terms(10000, 50000), PREPAID, []),
        (Terms(10001, 5000), PREPAID, [("terms.recharge_threshold_fen", "above_maximum")]),
        (Terms(2000, 50001), PREPAID, [("terms.recharge_amount_fen", "above_maximum")]),
        (
            Terms(10001, 50001, True),
            PREPAID,
            [
                ("terms.auto_pay", "not_for_prepaid"),
                ("terms.recharge_threshold_fen", "above_maximum"),
                ("terms.recharge_amount_fen", "above_maximum"),
            ],
        ),
        (Terms(None, 5000), Offer("PREPAID"), [("terms.recharge_threshold_fen", "required")]),
        (Terms(None, None, False), POSTPAID, []),
        (Terms(None, None, True), POSTPAID, [("terms.auto_pay", "not_allowed")]),
        (Terms(None, None, True), POSTPAID_AUTO, []),
        (Terms(2000, None, False), POSTPAID_AUTO, [("terms.recharge_threshold_fen", "only_for_prepaid")]),
        (Terms(2000, 5000, False), None, []),
        (Terms(2000, 5000, True), None, [("terms.auto_pay", "not_for_prepaid")]),
    ],
)
def test_terms_are_judged_by_the_offer(
    said: Terms, offer: Offer | None, expected: list[tuple[str, str]]
) -> None:
    found = faults(said, offer)

    assert [(fault.field, fault.code) for fault in found] == expected


@pytest.mark.parametrize(
    ("said", "offer", "expected"),
    [
        (Terms(), PREPAID, Terms(2000, 5000, False)),
        (Terms(3000, None), PREPAID, Terms(3000, 5000, False)),
        (Terms(0, 1), PREPAID, Terms(0, 1, False)),
        (Terms(), POSTPAID, Terms(None, None, False)),
        (Terms(auto_pay=True), POSTPAID_AUTO, Terms(None, None, True)),
        (Terms(), None, Terms(None, None, False)),
    ],
)
def test_what_the_bank_left_open_is_the_provinces_default(
    said: Terms, offer: Offer | None, expected: Terms
) -> None:
    assert settled(said, offer) == expected


@pytest.mark.parametrize(
    ("said", "offer", "expected"),
    [
        (Terms(), PREPAID, "PREPAID"),
        (Terms(2000, 5000), POSTPAID, "POSTPAID"),
        (Terms(2000, None), None, "PREPAID"),
        (Terms(auto_pay=True), None, "POSTPAID"),
        (Terms(), None, ""),
    ],
)
def test_the_user_type_is_the_provinces_word_or_follows_from_the_terms(
    said: Terms, offer: Offer | None, expected: str
) -> None:
    assert user_type_of(said, offer) == expected


def test_an_offer_survives_its_stored_form() -> None:
    kept = {"user_type": "PREPAID", "threshold_max_fen": 1, "unknown": "left out"}

    assert Offer.of(kept) == Offer("PREPAID", threshold_max_fen=1)
    assert Offer.of(None) is None
    assert Offer.of({}) is None
