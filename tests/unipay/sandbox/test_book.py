"""What simulated banks and provinces say their books hold of a number, over the real wire."""

from typing import Any

import pytest

from tests.unipay.sandbox.conftest import NUMBER, call, is_signed_by
from unipay import clock
from unipay.sandbox import receiving
from unipay.sandbox.models import SandboxContract
from unipay.sandbox.states import BookState, Role

pytestmark = pytest.mark.usefixtures("played")


def entered(
    role: Role, code: str, state: BookState, *, msisdn: str = NUMBER, **fields: Any
) -> SandboxContract:
    return SandboxContract.objects.create(
        partner_code=code,
        role=role,
        state=state,
        msisdn=msisdn,
        bank_code=fields.pop("bank_code", code),
        **fields,
    )


def asked(path: str, msisdn: str = NUMBER) -> dict[str, Any]:
    return dict(call(f"{path}/contract-queries", {"request_no": "Q1", "msisdn": msisdn}).json())


def test_a_bank_lists_its_contracts_newest_first_and_signs_the_list() -> None:
    old = entered(Role.BANK, "ICBC", BookState.CANCELLED, bank_contract_no="B-1")
    entered(Role.BANK, "ICBC", BookState.REFUSED)
    entered(Role.BANK, "CCB", BookState.SIGNED)
    entered(
        Role.BANK,
        "ICBC",
        BookState.SIGNED,
        contract_no="C-2",
        bank_contract_no="B-2",
        account_mask="6222***1",
    )

    response = call("banks/ICBC/contract-queries", {"request_no": "Q1", "msisdn": NUMBER})

    assert is_signed_by("ICBC", response)
    assert response.json()["contracts"] == [
        {
            "state": "ACTIVE",
            "bank_code": "ICBC",
            "contract_no": "C-2",
            "bank_contract_no": "B-2",
            "account_mask": "6222***1",
        },
        {
            "state": "TERMINATED",
            "bank_code": "ICBC",
            "bank_contract_no": "B-1",
            "ended_at": clock.rfc3339(old.updated_at),
        },
    ]


def test_a_province_tells_what_it_heard_and_nothing_of_other_numbers() -> None:
    entered(Role.PROVINCE, "ZJ", BookState.SUSPENDED, contract_no="C-1", bank_code="CCB")
    entered(Role.PROVINCE, "ZJ", BookState.SIGNED, contract_no="C-2", msisdn="13805710009")

    told = asked("provinces/ZJ")

    assert told["contracts"] == [{"state": "SUSPENDED", "bank_code": "CCB", "contract_no": "C-1"}]


def test_a_book_without_the_number_is_an_empty_list() -> None:
    assert asked("banks/ICBC") == {"result_code": "0000", "contracts": []}
    assert asked("provinces/ZJ") == {"result_code": "0000", "contracts": []}


def test_a_forgetful_bank_denies_what_it_announced_itself() -> None:
    entered(Role.BANK, "ICBC", BookState.SIGNED, msisdn="13805719054", bank_contract_no="B-1")
    entered(Role.PROVINCE, "ZJ", BookState.SIGNED, msisdn="13805719054", contract_no="C-1", bank_code="ICBC")

    assert asked("banks/ICBC", "13805719054")["contracts"] == []
    assert [each["bank_code"] for each in asked("provinces/ZJ", "13805719054")["contracts"]] == ["ICBC"]


def test_a_province_behind_the_times_still_holds_another_banks_contract() -> None:
    entered(Role.PROVINCE, "ZJ", BookState.SIGNED, msisdn="13805719056", contract_no="C-1", bank_code="ICBC")

    (told,) = asked("provinces/ZJ", "13805719056")["contracts"]

    assert (told["state"], told["bank_code"]) == ("ACTIVE", "ABC")


@pytest.mark.parametrize(
    ("ending", "path", "status", "waited"),
    [
        ("9051", "banks/ICBC", 503, [8.0]),
        ("9051", "provinces/ZJ", 200, []),
        ("9052", "banks/ICBC", 200, [2.0]),
        ("9055", "banks/ICBC", 200, []),
        ("9055", "provinces/ZJ", 503, [8.0]),
        ("9057", "provinces/ZJ", 503, []),
    ],
)
def test_each_party_can_fail_while_the_other_answers(
    monkeypatch: pytest.MonkeyPatch, ending: str, path: str, status: int, waited: list[float]
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(receiving, "pause", pauses.append)

    response = call(f"{path}/contract-queries", {"request_no": "Q1", "msisdn": f"1380571{ending}"})

    assert (response.status_code, pauses) == (status, waited)


def test_a_wrongly_signed_book_does_not_verify() -> None:
    response = call("banks/ICBC/contract-queries", {"request_no": "Q1", "msisdn": "13805719053"})

    assert response.status_code == 200
    assert not is_signed_by("ICBC", response)
