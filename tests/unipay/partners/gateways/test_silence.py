"""Which silence is it? As real calls meet it."""

from threading import Event

import pytest

from tests.partner_server import PartnerServer, Reply
from unipay.errors import TransportFailed, Unanswered
from unipay.partners.gateways import book
from unipay.partners.gateways.silence import Silence, silence_of
from unipay.partners.models import Partner


def heard(partner: Partner) -> Silence:
    with pytest.raises((TransportFailed, Unanswered)) as news:
        book.entries(partner, book.ask(book.route(partner), request_no="Q-1", msisdn="13805710001"))
    return silence_of(news.value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reply", "silence"),
    [
        (Reply(status=404), Silence.NOT_OFFERED),
        (Reply(status=501), Silence.NOT_OFFERED),
        (Reply(status=503), Silence.UNAVAILABLE),
        (Reply(signed="wrongly"), Silence.UNUSABLE),
        (Reply({"result_code": "5555"}), Silence.UNUSABLE),
        (Reply(hangs_up=True), Silence.UNUSABLE),
    ],
)
def test_an_answer_that_is_none_says_which_kind_of_silence_it_is(
    bank: Partner, bank_server: PartnerServer, reply: Reply, silence: Silence
) -> None:
    bank_server.always(reply)

    assert heard(bank) == silence


def test_a_partner_that_takes_too_long_timed_out(bank: Partner, bank_server: PartnerServer) -> None:
    bank_server.always(Reply(until=Event()))

    assert heard(bank) == Silence.TIMED_OUT


def test_a_partner_nobody_answers_for_is_unreachable(bank: Partner) -> None:
    bank.base_url = "http://127.0.0.1:1"
    bank.save()

    assert heard(bank) == Silence.UNREACHABLE
