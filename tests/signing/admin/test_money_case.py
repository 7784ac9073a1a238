"""Cases about money: no contract, sometimes no number and no province, and a way to what they are about."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.states import RechargeState
from signing.case_subjects import named, register
from signing.flows import manual_case
from signing.flows.manual_case import Evidence, Matter
from signing.models import ManualCase
from signing.states import CaseReason
from tests.billing.factories import make_recharge
from tests.chart import chart
from tests.signing.factories import make_case, the_bank
from tests.unipay.backoffice.world import member
from unipay import clock

__all__ = ["chart"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


def stuck(**facts: Any) -> ManualCase:
    recharge = make_recharge("PAID", landing_error="number_closed")
    return manual_case.open_case(
        cause=f"RECHARGE_STUCK:{recharge.subject}",
        reason=CaseReason.RECHARGE_STUCK,
        about=Matter(recharge.subject, recharge.msisdn, recharge.province_id),
        evidence=[Evidence({"amount_fen": 5000, **facts}, partner=recharge.province)],
        now=clock.now(),
    )


def of_a_file() -> ManualCase:
    return manual_case.open_case(
        cause="DEBIT_RETURN:DT-1",
        reason=CaseReason.DEBIT_RETURN,
        about=Matter("debit_return:DT-1"),
        evidence=[Evidence({"file_no": "F1"}, partner=the_bank())],
        now=clock.now(),
    )


def shown(client: Client, case: ManualCase) -> str:
    answer = client.get(reverse("admin:signing_manualcase_change", args=[case.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_case_about_a_recharge_says_what_happened_and_leads_to_it() -> None:
    case = stuck(error="number_closed")

    page = shown(member("clerk", "customer_service"), case)

    assert "Money was taken at a bank and hangs on its way to ZJ, or back. It said: number_closed" in page
    assert "Open what the case is about, and do there what is to be done." in page
    assert "¥50.00" in page
    assert "/admin/billing/recharge/" in page
    assert "Leave everything as it is and close" in page


def test_a_case_about_a_whole_file_has_neither_number_nor_province() -> None:
    case = of_a_file()

    page = shown(member("clerk", "customer_service"), case)

    assert "A return file answers no batch that awaits an answer" in page
    assert "DT-1" in page
    assert "Ask what each book says now</span>" not in page
    assert "/admin/subscriber/" not in page


def test_other_cases_of_a_file_are_not_all_that_have_no_number() -> None:
    case = of_a_file()
    make_case("DEBIT_RETURN", msisdn="", standing=None, about="debit_return:DT-2")

    answer = member("clerk", "customer_service").get(
        reverse("admin:signing_manualcase_change", args=[case.pk])
    )

    assert answer.context["page"].other_cases == []
    assert answer.context["page"].other_contracts == []


def test_the_queue_shows_what_a_case_is_about_and_can_be_narrowed_to_money() -> None:
    case, other = of_a_file(), make_case()
    client = member("clerk", "customer_service")

    listed = client.get("/admin/signing/manualcase/?about=money").content.decode()
    rest = client.get("/admin/signing/manualcase/?about=contracts").content.decode()

    assert case.case_no in listed
    assert "return file DT-1" in listed
    assert other.case_no not in listed
    assert case.case_no not in rest


def test_a_case_about_money_is_closed_with_a_remark() -> None:
    case = stuck()
    client = member("clerk", "customer_service")

    page = client.get(reverse("admin:signing_manualcase_decide", args=[case.pk, "CLOSE"]))

    assert page.status_code == 200


def test_the_overview_counts_cases_about_money() -> None:
    stuck()
    ManualCase.objects.update(due_at=clock.now() - timedelta(hours=1))

    page = " ".join(member("boss", "supervisor").get("/admin/").content.decode().split())

    assert "Cases about money" in page
    assert "1 of them are overdue." in page


def test_a_matter_of_a_kind_nobody_knows_is_named_as_it_is() -> None:
    found = named("comet:7")

    assert found is not None
    assert (found.title, found.number, found.address) == ("comet", "7", "")
    assert named("") is None


def test_a_kind_of_matter_is_known_once() -> None:
    with pytest.raises(ValueError, match="already known"):
        register("recharge", "again", lambda about, person: RechargeState.PAID)
