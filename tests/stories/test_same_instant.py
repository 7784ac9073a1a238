"""What happens when things happen at the same moment: real threads, real transactions, the API's own doors."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from signing.models import Contract, HeldNumber, ManualCase, SigningTransaction
from tests.partner_client import PartnerClient
from tests.signing.factories import ACCOUNT, HOLDER, MSISDN, make_contract, make_session, the_bank
from tests.stories.side_by_side import side_by_side
from unipay import clock
from unipay.messaging.models import InboundRequest, OutboundMessage

pytestmark = pytest.mark.django_db(transaction=True)


def result(request_no: str, *, bank_contract_no: str, **named: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "request_no": request_no,
        "result": "SIGNED",
        "msisdn": MSISDN,
        "bank_contract_no": bank_contract_no,
        "account": {"number": ACCOUNT.number, "type": ACCOUNT.type},
        "holder": {"name": HOLDER.name, "identity_no": HOLDER.identity_no},
        "signed_at": clock.rfc3339(now),
        "business_date": clock.business_date(now).isoformat(),
        **named,
    }


def announce(client: PartnerClient, body: dict[str, Any]) -> Any:
    return client.post("/api/v1/signing-results", body)


@pytest.mark.parametrize("order", [("ICBC", "CCB"), ("CCB", "ICBC")])
@pytest.mark.parametrize("_round", range(5))
def test_two_banks_announcing_one_number_make_one_standing_contract_and_one_case(
    order: tuple[str, str], _round: int
) -> None:
    clients = {code: PartnerClient(the_bank(code)) for code in order}
    sessions = {code: make_session("AT_BANK", bank=the_bank(code), opened_at=clock.now()) for code in order}
    works = [
        partial(
            announce,
            clients[code],
            result(f"r-{code}", bank_contract_no=f"{code}-1", session_no=sessions[code].session_no),
        )
        for code in order
    ]

    answers = side_by_side(works)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.json()["state"] for answer in answers) == ["ACTIVE", "CONTESTED"]
    standing, contested = Contract.objects.get(state="ACTIVE"), Contract.objects.get(state="CONTESTED")
    case = ManualCase.objects.get()
    assert (case.standing, case.contested) == (standing, contested)
    assert [answer.json()["case_no"] for answer in answers if "case_no" in answer.json()] == [case.case_no]
    assert HeldNumber.objects.get().contract == standing
    assert SigningTransaction.objects.count() == 1


def test_the_same_notice_fifty_times_in_parallel_has_one_effect() -> None:
    contract = make_contract("PROVISIONAL", opened_at=clock.now())
    client = PartnerClient(the_bank())
    body = result("r-1", bank_contract_no="ICBC-1", contract_no=contract.contract_no)

    answers = side_by_side([partial(announce, client, body)] * 50)

    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 409}
    assert statuses[200] >= 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {
        "request_in_progress"
    }
    assert {answer.json()["state"] for answer in answers if answer.status_code == 200} == {"ACTIVE"}
    assert SigningTransaction.objects.count() == 1
    assert InboundRequest.objects.count() == 1
    assert OutboundMessage.objects.count() == 1


def test_one_signing_announced_under_many_request_numbers_has_one_effect() -> None:
    contract = make_contract("PROVISIONAL", opened_at=clock.now())
    client = PartnerClient(the_bank())
    works = [
        partial(
            announce, client, result(f"r-{n}", bank_contract_no="ICBC-1", contract_no=contract.contract_no)
        )
        for n in range(12)
    ]

    answers = side_by_side(works)

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["version"] for answer in answers} == {2}
    assert SigningTransaction.objects.count() == 1
    assert OutboundMessage.objects.count() == 1


def test_ending_and_amending_at_once_leaves_a_whole_history() -> None:
    contract = make_contract("ACTIVE")
    client = PartnerClient(the_bank())
    day = clock.business_date(clock.now()).isoformat()
    path = f"/api/v1/contracts/{contract.contract_no}"
    amendment = {"request_no": "a-1", "terms": {"recharge_amount_fen": 6000}, "business_date": day}
    termination = {"request_no": "t-1", "reason": "BANK_REQUEST", "business_date": day}

    amended, ended = side_by_side(
        [
            partial(client.post, f"{path}/amendments", amendment),
            partial(client.post, f"{path}/termination", termination),
        ]
    )

    assert ended.status_code == 200
    assert amended.status_code in (200, 409)
    kinds = list(SigningTransaction.objects.order_by("version").values_list("kind", flat=True))
    assert kinds == (["AMENDED", "TERMINATED"] if amended.status_code == 200 else ["TERMINATED"])
    assert Contract.objects.get().state == "TERMINATED"


def test_a_primary_and_a_secondary_claim_to_one_number_never_both_stand() -> None:
    first = make_session("AT_BANK", bank=the_bank("ICBC"), opened_at=clock.now())
    other = make_session(
        "AT_BANK",
        bank=the_bank("CCB"),
        msisdn="13805710002",
        secondary_msisdns=[MSISDN],
        opened_at=clock.now(),
    )
    as_primary = result("r-1", bank_contract_no="I-1", session_no=first.session_no)
    as_secondary = {
        **result("r-2", bank_contract_no="C-1", session_no=other.session_no),
        "msisdn": "13805710002",
        "secondary_msisdns": [MSISDN],
    }

    answers = side_by_side(
        [
            partial(announce, PartnerClient(the_bank("ICBC")), as_primary),
            partial(announce, PartnerClient(the_bank("CCB")), as_secondary),
        ]
    )

    assert sorted(answer.json()["state"] for answer in answers) == ["ACTIVE", "CONTESTED"]
    assert ManualCase.objects.count() == 1
