"""Invented subscribers."""

from hypothesis import given
from hypothesis import strategies as st

from unipay import bank_card, identity
from unipay.sandbox.people import card_of, subscriber_of
from unipay.sandbox.roster import BANKS

MSISDNS = st.from_regex(r"\A1[3-9][0-9]{9}\Z")


@given(MSISDNS)
def test_everybody_has_a_well_formed_identity_number_and_always_the_same(msisdn: str) -> None:
    person = subscriber_of(msisdn)

    assert identity.validate(person.identity_no) == person.identity_no
    assert len(person.name) >= 2
    assert subscriber_of(msisdn) == person


@given(MSISDNS, st.sampled_from(BANKS))
def test_every_card_passes_the_check_of_its_last_digit(msisdn: str, bank: object) -> None:
    card = card_of(msisdn, prefix=bank.card_prefix)  # type: ignore[attr-defined]

    assert bank_card.validate_card(card) == card
    assert len(card) == 19
