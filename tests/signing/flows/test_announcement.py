"""What happens when a partner refused, or never answered, what we told it (domain.md A4)."""

import pytest

from signing import messages
from signing.flows import announcement
from signing.flows.manual_case import decide
from signing.models import ManualCase
from signing.states import Decision
from tests.signing.factories import NOW, fresh, make_contract, make_session
from unipay import clock
from unipay.messaging.models import OutboundMessage

pytestmark = pytest.mark.django_db

TODAY = clock.business_date(NOW)


def refused_by_the_province() -> OutboundMessage:
    message = messages.tell_province(make_contract("ACTIVE"), change="SIGNED", business_date=TODAY, now=NOW)
    message.refuse(answer={"result_code": "3001"}, error="3001", now=NOW)
    message.save()
    announcement.settled(message, NOW)
    return message


def test_a_formal_contract_the_province_refuses_is_a_case() -> None:
    message = refused_by_the_province()

    case = ManualCase.objects.get()
    assert (case.reason, case.msisdn) == ("PROVINCE_REFUSED", "13805710001")
    assert case.obligations.get().message == message
    assert case.evidence.get().facts["answer"] == {"result_code": "3001"}


def test_an_acknowledged_message_is_no_case() -> None:
    message = messages.tell_province(make_contract("ACTIVE"), change="SIGNED", business_date=TODAY, now=NOW)
    message.acknowledge(answer=None, now=NOW)
    message.save()

    announcement.settled(message, NOW)

    assert not ManualCase.objects.exists()


def test_a_dead_message_is_a_case_even_where_there_is_no_contract() -> None:
    message = messages.tell_hall(make_session("EXPIRED"), now=NOW)
    message.give_up(error="refused connection", now=NOW)
    message.save()

    announcement.died(message, NOW)

    case = ManualCase.objects.get()
    assert (case.reason, case.standing, case.contested) == ("UNDELIVERABLE", None, None)


def test_telling_again_replays_the_message_and_closes_when_it_is_acknowledged() -> None:
    message = refused_by_the_province()
    case = ManualCase.objects.get()

    decide(case.case_no, decision=Decision.NOTIFY_AGAIN, remark="r", decided_by_id=None, now=NOW)

    message = fresh(message)
    case = fresh(case)
    assert (message.state, case.state) == ("PENDING", "DECIDED")
    message.acknowledge(answer=None, now=NOW)
    message.save()
    announcement.settled(message, NOW)
    case = fresh(case)
    assert case.state == "CLOSED"


def test_terminating_what_the_province_refused_owes_the_old_message_no_longer() -> None:
    refused_by_the_province()
    case = ManualCase.objects.get()

    decide(case.case_no, decision=Decision.TERMINATE, remark="r", decided_by_id=None, now=NOW)

    case = fresh(case)
    assert case.state == "DECIDED"
    assert case.obligations.filter(met_at=None).count() == 2
    kinds = set(case.obligations.filter(met_at=None).values_list("message__kind", flat=True))
    assert kinds == {"contract_changed", "contract_cancelled"}
