"""Whatever the books and the orders are: a number has one standing contract, every change one journal line and one
message to each province it concerns, nothing raises, and the same again changes nothing."""

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.models import Contract, HeldNumber, ManualCase, SigningTransaction
from signing.states import FORMAL, STANDING
from tests.signing.corrections import Became, correct, to_amend, to_create, to_terminate
from tests.signing.factories import make_case, make_contract, the_bank, the_province
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

_OUTCOMES = {"DONE", "ALREADY", "STALE", "COLLISION", "IMPOSSIBLE", "OPEN_CASE", "IN_FLIGHT"}
NUMBERS = [f"1380571000{last}" for last in range(5)] + ["13902500001"]
NUMBER = st.sampled_from(NUMBERS)
SECONDARY = st.lists(NUMBER, max_size=2)
BANK_NUMBER = st.sampled_from(["B1", "B2", "B3"])
ATTRIBUTES = st.lists(
    st.sampled_from(["bank_contract_no", "msisdn", "secondary_msisdns", "auto_pay", "recharge_amount_fen"]),
    unique=True,
)
TERMS = st.fixed_dictionaries(
    {"recharge_amount_fen": st.sampled_from([None, 5000, 9000]), "auto_pay": st.booleans()}
)
STATE = st.sampled_from(["ACTIVE", "ACTIVE", "SUSPENDED", "PROVISIONAL", "TERMINATED"])
BOOK = st.lists(
    st.tuples(STATE, st.sampled_from(["ICBC", "CCB"]), BANK_NUMBER, NUMBER, SECONDARY, st.booleans()),
    max_size=5,
)
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["CREATE", "AMEND", "TERMINATE", "CONTEST"]),
        st.integers(0, 4),
        BANK_NUMBER,
        NUMBER,
        SECONDARY,
        ATTRIBUTES,
        TERMS,
    ),
    max_size=6,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(book=BOOK, orders=ORDERS)
def test_any_orders_leave_any_book_sound(book: list[Any], orders: list[Any]) -> None:
    with transaction.atomic():
        contracts = a_book(book)
        before = {contract.pk: (contract.version, contract.province_id) for contract in contracts}
        given = [an_order(each, contracts) for each in orders]

        became = correct(*given)

        assert {each.outcome for each in became} <= _OUTCOMES
        every_number_is_held_once()
        every_change_was_written(became, given, before)
        every_clash_has_its_case(became)
        the_same_again_changes_nothing(given)
        transaction.set_rollback(True)


def a_book(rows: list[Any]) -> list[Contract]:
    """The contracts of these that can stand together; some with an open case."""
    made: list[Contract] = []
    taken: set[str] = set()
    for state, bank, bank_number, msisdn, secondary, has_case in rows:
        mine = {msisdn, *secondary}
        key = f"{bank}{bank_number}"
        if state in STANDING and (taken & {*mine, key} or len(mine) != 1 + len(secondary)):
            continue
        taken |= {*mine, key} if state in STANDING else set()
        number = "" if state == "PROVISIONAL" else bank_number
        province = province_of(msisdn)
        fields = {"msisdn": msisdn, "secondary_msisdns": secondary, "province": province}
        contract = make_contract(state, bank=the_bank(bank), bank_contract_no=number, **fields)
        made.append(contract)
        if has_case and state in FORMAL:
            make_case("UNDELIVERABLE", standing=contract, msisdn=msisdn, province=province)
    return made


def an_order(row: Any, contracts: list[Contract]) -> dict[str, Any]:
    verb, place, bank_number, msisdn, secondary, attributes, terms = row
    said = {
        "bank_contract_no": bank_number,
        "msisdn": msisdn,
        "secondary_msisdns": secondary,
        "province_id": province_of(msisdn).pk,
        **terms,
    }
    if verb in ("CREATE", "CONTEST") or not contracts:
        return {**to_create(**said), "verb": "CONTEST" if verb == "CONTEST" else "CREATE"}
    contract = contracts[place % len(contracts)]
    return to_terminate(contract) if verb == "TERMINATE" else to_amend(contract, *attributes, **said)


def province_of(msisdn: str) -> Any:
    return the_province() if msisdn.startswith("138") else the_province("JS", prefix="1390250")


def every_number_is_held_once() -> None:
    held = Counter(
        number
        for contract in Contract.objects.filter(state__in=STANDING)
        for number in [contract.msisdn, *contract.secondary_msisdns]
    )
    assert all(count == 1 for count in held.values())
    assert set(held) == set(HeldNumber.objects.values_list("msisdn", flat=True))


def every_change_was_written(
    became: list[Became], orders: list[dict[str, Any]], before: dict[int, tuple[int, int]]
) -> None:
    done = [each for each in became if each.outcome == "DONE"]
    assert len({each.result_contract_id for each in done}) == len(done) == SigningTransaction.objects.count()
    expected = 0
    for each in done:
        contract = Contract.objects.get(pk=each.result_contract_id)
        version, province_id = before.get(contract.pk, (0, contract.province_id))
        line = SigningTransaction.objects.get(contract=contract)
        told = OutboundMessage.objects.filter(subject=f"contract:{contract.contract_no}")
        assert contract.version == line.version == version + 1
        concerned = {contract.province_id, province_id}
        assert Counter(told.values_list("partner_id", flat=True)) == Counter(concerned)
        assert set(told.values_list("resource_version", flat=True)) == {contract.version}
        expected += len(concerned)
    assert OutboundMessage.objects.count() == expected
    changed = {each.result_contract_id for each in done}
    for contract in Contract.objects.filter(pk__in=set(before) - changed):
        assert contract.version == before[contract.pk][0]


def every_clash_has_its_case(became: list[Became]) -> None:
    for each in became:
        assert (each.case_id is not None) == (each.outcome in ("COLLISION", "IMPOSSIBLE"))


def the_same_again_changes_nothing(orders: list[dict[str, Any]]) -> None:
    before = snapshot()

    again = correct(*orders)

    assert "DONE" not in {each.outcome for each in again}
    assert snapshot() == before


def snapshot() -> tuple[int, ...]:
    models: tuple[Any, ...] = (Contract, SigningTransaction, OutboundMessage, ManualCase)
    return tuple(model.objects.count() for model in models)
