"""Our book made even with a bank's, as a set: what is written, and what is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from signing.flows import amendment, correction, termination
from signing.flows.change import Origin
from signing.models import Contract, HeldNumber, SigningTransaction
from signing.particulars import Account, Amendment
from signing.representation import contract_facts
from signing.states import EndReason, Source
from signing.terms import Terms
from tests.signing.corrections import (
    RUN_NO,
    correct,
    journal,
    nothing_happened_to,
    to_amend,
    to_create,
    to_terminate,
)
from tests.signing.factories import (
    HOLDER,
    MSISDN,
    NOW,
    fresh,
    make_contract,
    the_bank,
    the_province,
)
from unipay import check_digit, clock, encryption
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=5)
OTHER = Account("6217001234567890006", "CREDIT")
SECOND = "13805710002"
_NOT_COMPARED = ("id", "transaction_no", "contract_id", "event_id", "payload", "_state", "source", "reason")


def test_what_the_bank_has_and_we_do_not_becomes_formal() -> None:
    signed_at = datetime(2026, 2, 20, 3, 0, tzinfo=UTC)
    order = to_create(secondary_msisdns=[SECOND], account_type="DEBIT", signed_at=signed_at)

    [became] = correct(order)

    contract = Contract.objects.get()
    assert (became.outcome, became.result_contract_id) == ("DONE", contract.pk)
    assert check_digit.validate(contract.contract_no, "C") == contract.contract_no
    assert (contract.state, contract.version, contract.channel) == ("ACTIVE", 1, "RECONCILIATION")
    assert (contract.msisdn, contract.secondary_msisdns) == (MSISDN, [SECOND])
    assert (contract.bank, contract.province) == (the_bank(), the_province())
    assert (contract.bank_contract_no, contract.user_type) == ("BANK-NEW", "PREPAID")
    assert (contract.account_number, contract.account_type) == ("6222021234567890128", "DEBIT")
    assert contract.account_index == encryption.default().blind_index(
        contract.account_number, context="contract.account"
    )
    assert (contract.holder_name, contract.identity_no) == (HOLDER.name, HOLDER.identity_no)
    assert (contract.recharge_threshold_fen, contract.recharge_amount_fen, contract.auto_pay) == (
        2000,
        5000,
        False,
    )
    assert (contract.opened_at, contract.signed_at, contract.ended_at) == (NOW, signed_at, None)
    assert (contract.offer, contract.expires_at, contract.end_reason) == (None, None, "")
    assert held() == [(MSISDN, True, contract.pk), (SECOND, False, contract.pk)]


def test_a_created_contract_has_its_journal_line_and_is_told_to_its_province() -> None:
    correct(to_create())

    contract, line, message = (
        Contract.objects.get(),
        SigningTransaction.objects.get(),
        OutboundMessage.objects.get(),
    )
    assert check_digit.validate(line.transaction_no, "T") == line.transaction_no
    assert (line.kind, line.contract, line.version) == ("SIGNED", contract, 1)
    assert (line.bank, line.province, line.msisdn) == (the_bank(), the_province(), MSISDN)
    assert (line.source, line.source_partner, line.request_no) == ("RECONCILIATION", the_bank(), RUN_NO)
    assert (line.reason, line.business_date, line.occurred_at) == ("", clock.business_date(NOW), NOW)
    assert (message.partner, message.kind, message.subject) == (
        the_province(),
        "contract_changed",
        f"contract:{contract.contract_no}",
    )
    assert (message.resource_version, message.msisdn, message.state) == (1, MSISDN, "PENDING")
    assert (message.created_at, message.next_attempt_at, message.attempts) == (NOW, NOW, 0)
    assert message.payload == {
        "event_id": str(message.event_id),
        "kind": "contract_changed",
        "resource_version": 1,
        "change": "SIGNED",
        "business_date": "2026-03-02",
        "contract": contract_facts(contract),
    }
    assert message.event_id.version == 4


def test_every_change_is_in_the_history() -> None:
    contract = make_contract()

    correct(to_amend(contract, "recharge_amount_fen", recharge_amount_fen=9000))
    correct(to_terminate(fresh(contract)))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pgh_label, state, version, recharge_amount_fen FROM signing_contractevent ORDER BY pgh_id"
        )
        assert cursor.fetchall() == [
            ("insert", "ACTIVE", 1, 5000),
            ("update", "ACTIVE", 2, 9000),
            ("update", "TERMINATED", 3, 9000),
        ]


def test_a_signing_time_in_the_future_or_unknown_is_now() -> None:
    correct(
        to_create(signed_at=NOW + timedelta(days=1)),
        to_create(msisdn=SECOND, bank_contract_no="B2", signed_at=None),
    )

    assert set(Contract.objects.values_list("signed_at", flat=True)) == {NOW}


def test_ending_does_what_termination_does_and_tells_the_bank_nothing() -> None:
    by_set, by_row = make_contract(secondary_msisdns=[SECOND]), make_contract(msisdn="13805710003")
    reason = EndReason.RECONCILIATION
    origin = Origin(Source.BANK, clock.business_date(LATER), the_bank(), RUN_NO)

    correct(to_terminate(by_set), now=LATER)
    termination.end(by_row, reason=reason, origin=origin, now=LATER)

    by_set, by_row = fresh(by_set), fresh(by_row)
    assert (by_set.state, by_set.end_reason, by_set.ended_at) == ("TERMINATED", "RECONCILIATION", LATER)
    assert written_of(by_set) == written_of(by_row)
    assert {row[0] for row in held()} == set()


@pytest.mark.parametrize(
    ("attributes", "columns", "wanted"),
    [
        (
            ("recharge_threshold_fen", "recharge_amount_fen"),
            {"recharge_threshold_fen": 3000, "recharge_amount_fen": 7000},
            {"terms": Terms(3000, 7000)},
        ),
        (("recharge_amount_fen",), {"recharge_amount_fen": 7000}, {"terms": Terms(None, 7000)}),
        (
            ("secondary_msisdns",),
            {"secondary_msisdns": ["13805710008"]},
            {"secondary_msisdns": ("13805710008",)},
        ),
        (("secondary_msisdns",), {"secondary_msisdns": []}, {"secondary_msisdns": ()}),
        (("account", "account_type"), {**OTHER.as_columns()}, {"account": OTHER}),
    ],
    ids=["terms", "amount", "another secondary", "no secondary", "account"],
)
def test_amending_does_what_an_amendment_does(
    attributes: tuple[str, ...], columns: dict[str, Any], wanted: dict[str, Any]
) -> None:
    by_set = make_contract(secondary_msisdns=[SECOND])
    correct(to_amend(by_set, *attributes, **sealed(columns)), now=LATER)
    by_set, of_set = fresh(by_set), written_of(by_set)
    Contract.objects.filter(pk=by_set.pk).update(msisdn="13900000001", secondary_msisdns=[])

    by_row = make_contract(secondary_msisdns=[SECOND])
    origin = Origin(Source.BANK, clock.business_date(LATER), the_bank(), RUN_NO)
    asked = Amendment(business_date=origin.business_date, **wanted)
    by_row = amendment.amend_for(the_bank(), by_row.contract_no, asked, origin=origin, now=LATER)

    assert of_set == written_of(by_row)
    ours, theirs = columns_of(by_set), columns_of(fresh(by_row))
    assert {**ours, "bank_contract_no": ""} == {**theirs, "bank_contract_no": ""}


def test_what_the_order_does_not_name_stays_as_it_is() -> None:
    contract = make_contract(secondary_msisdns=[SECOND])

    [became] = correct(
        to_amend(contract, "bank_contract_no", bank_contract_no="B2", recharge_amount_fen=1, msisdn="139")
    )

    assert became.outcome == "DONE"
    assert columns_of(fresh(contract)) == {
        **columns_of(contract),
        "version": 2,
        "bank_contract_no": "B2",
    }


def test_a_suspended_contract_is_amended_and_stays_suspended() -> None:
    contract = make_contract("SUSPENDED")

    correct(to_amend(contract, "recharge_amount_fen", recharge_amount_fen=9000))

    assert (fresh(contract).state, fresh(contract).recharge_amount_fen) == ("SUSPENDED", 9000)


def test_a_number_that_moves_within_its_province_is_told_as_an_amendment() -> None:
    contract = make_contract()

    correct(to_amend(contract, "msisdn", msisdn=SECOND))

    [message] = OutboundMessage.objects.all()
    assert (message.partner, message.msisdn, message.payload["change"]) == (the_province(), SECOND, "AMENDED")
    assert message.payload["contract"]["msisdn"] == SECOND
    assert held() == [(SECOND, True, contract.pk)]


def test_a_number_that_moves_to_another_province_ends_for_the_one_and_begins_for_the_other() -> None:
    elsewhere = the_province("JS", prefix="1390250")
    contract = make_contract()

    correct(to_amend(contract, "msisdn", msisdn="13902500001", province_id=elsewhere.pk), now=LATER)

    contract = Contract.objects.select_related("bank").get(pk=contract.pk)
    line = SigningTransaction.objects.get()
    former, new = OutboundMessage.objects.order_by("id")
    assert (contract.province, contract.msisdn, contract.version) == (elsewhere, "13902500001", 2)
    assert (line.kind, line.province, line.msisdn) == ("AMENDED", elsewhere, "13902500001")
    assert (former.partner, former.msisdn, former.resource_version) == (the_province(), MSISDN, 2)
    assert (former.payload["change"], former.payload["contract"]) == (
        "TERMINATED",
        {
            **contract_facts(contract),
            "msisdn": MSISDN,
            "state": "TERMINATED",
            "ended_at": clock.rfc3339(LATER),
            "end_reason": "RECONCILIATION",
        },
    )
    assert (new.partner, new.msisdn, new.resource_version) == (elsewhere, "13902500001", 2)
    assert (new.payload["change"], new.payload["contract"]) == ("SIGNED", contract_facts(contract))
    assert former.subject == new.subject


def test_the_province_follows_the_number_and_nothing_else() -> None:
    contract = make_contract()
    elsewhere = the_province("JS", prefix="1390250")

    correct(to_amend(contract, "recharge_amount_fen", recharge_amount_fen=9000, province_id=elsewhere.pk))

    assert fresh(contract).province == the_province()


def test_a_number_freed_by_an_ending_may_be_signed_again_at_once() -> None:
    old = make_contract(bank_contract_no="B1")

    became = correct(to_create(bank_contract_no="B1"), to_terminate(old))

    assert [each.outcome for each in became] == ["DONE", "DONE"]
    assert held() == [(MSISDN, True, became[0].result_contract_id)]
    assert journal() == [("SIGNED", 1), ("TERMINATED", 2)]


def test_a_number_freed_by_an_amendment_may_be_taken_by_the_next() -> None:
    first = make_contract(msisdn="13805710001")
    second = make_contract(msisdn="13805710002")
    third = make_contract(msisdn="13805710003")

    became = correct(
        to_amend(third, "msisdn", msisdn="13805710002"),
        to_amend(second, "msisdn", msisdn="13805710001"),
        to_amend(first, "msisdn", msisdn="13805710009"),
        to_create(msisdn="13805710003"),
    )

    assert [each.outcome for each in became] == ["DONE"] * 4
    assert [row[0] for row in held()] == ["13805710001", "13805710002", "13805710003", "13805710009"]


def test_two_numbers_that_change_places_are_left_to_people() -> None:
    first, second = make_contract(), make_contract(msisdn=SECOND)

    became = correct(to_amend(first, "msisdn", msisdn=SECOND), to_amend(second, "msisdn", msisdn=MSISDN))

    assert [(each.outcome, each.collided_with_id) for each in became] == [
        ("COLLISION", second.pk),
        ("COLLISION", first.pk),
    ]
    assert nothing_happened_to(first, second)


@pytest.mark.parametrize("verb", ["create", "amend", "terminate"])
def test_the_same_orders_again_change_nothing(verb: str) -> None:
    contract = make_contract(msisdn=SECOND)
    order = {
        "create": lambda: to_create(),
        "amend": lambda: to_amend(contract, "recharge_amount_fen", recharge_amount_fen=9000),
        "terminate": lambda: to_terminate(contract),
    }[verb]()

    [first] = correct(order)
    [again] = correct(order, now=LATER)

    assert (first.outcome, again.outcome) == ("DONE", "ALREADY")
    assert again.result_contract_id == first.result_contract_id
    assert (SigningTransaction.objects.count(), OutboundMessage.objects.count()) == (1, 1)


def test_applying_twice_in_one_transaction_changes_nothing_the_second_time() -> None:
    contract = make_contract()
    origin = Origin(Source.RECONCILIATION, clock.business_date(NOW), the_bank(), RUN_NO)

    with transaction.atomic():
        correct(to_terminate(contract))
        correction.apply(origin=origin, now=LATER)

    assert journal() == [("TERMINATED", 2)]


def test_nothing_is_corrected_outside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError):
        correction.apply(origin=Origin(Source.RECONCILIATION, clock.business_date(NOW)), now=NOW)


def test_no_orders_are_no_harm() -> None:
    assert correct() == []


def written_of(contract: Contract) -> tuple[Any, ...]:
    """The contract's last journal line and message, as far as they do not tell by whom and about which contract."""
    line = SigningTransaction.objects.filter(contract=contract).latest("id")
    message = OutboundMessage.objects.filter(subject=f"contract:{contract.contract_no}").latest("id")
    facts = {**message.payload["contract"]}
    for name in ("contract_no", "msisdn", "secondary_msisdns", "bank_contract_no"):
        facts.pop(name)
    payload = {**message.payload, "contract": facts, "event_id": ""}
    rows = [
        {name: value for name, value in vars(row).items() if name not in _NOT_COMPARED and name not in _OWN}
        for row in (line, message)
    ]
    return (*rows, payload)


_OWN = ("msisdn", "secondary_msisdns", "bank_contract_no", "subject")


def columns_of(contract: Contract) -> dict[str, Any]:
    """The contract's columns, but for what makes it another contract."""
    return {
        name: value for name, value in vars(contract).items() if name not in ("id", "contract_no", "_state")
    }


def sealed(columns: dict[str, Any]) -> dict[str, Any]:
    number = columns.get("account_number")
    if not number:
        return columns
    return {**columns, "account_number": encryption.default().seal(number, context="contract.account")}


def held() -> list[tuple[str, bool, int]]:
    return list(HeldNumber.objects.order_by("msisdn").values_list("msisdn", "is_primary", "contract_id"))
