"""Our calls on the real wire: what certainly failed, what nobody answered, and what counts as an answer."""

import socket
import threading
from datetime import timedelta

import pytest
from django.db import transaction

from tests.factories import key_pair, make_partner
from tests.partner_server import PartnerServer, Reply, serving
from unipay import clock, signatures
from unipay.errors import Finality, TransportFailed, Unanswered
from unipay.partners.gateways import transport
from unipay.partners.keys import add_partner_key, own_key
from unipay.partners.models import Endpoint, Partner
from unipay.partners.queries import Meaning

PAYLOAD = {"request_no": "q1", "name": "张三"}


def ask(bank: Partner) -> transport.GatewayAnswer:
    return transport.call(bank, "query_signing", "/signing-queries", PAYLOAD)


def test_a_call_is_signed_with_our_key_over_the_body_as_sent(
    bank: Partner, bank_server: PartnerServer
) -> None:
    transport.call(bank, "query_signing", "/signing-queries", PAYLOAD, event_id="e1")

    (called,) = bank_server.called
    key = own_key("RSA-SHA256", clock.now())
    text = signatures.answer_text(
        called.headers["Unipay-Timestamp"], called.headers["Unipay-Nonce"], called.raw
    )
    assert called.path == "/signing-queries"
    assert called.body == PAYLOAD
    assert called.headers["Content-Type"] == "application/json"
    assert called.headers["Unipay-Event-Id"] == "e1"
    assert called.headers["Unipay-Key"] == key.key_id
    assert signatures.verify(key.public_key, "RSA-SHA256", text, called.headers["Unipay-Signature"])


def test_a_question_bears_no_event_id(bank: Partner, bank_server: PartnerServer) -> None:
    ask(bank)

    assert "Unipay-Event-Id" not in bank_server.called[0].headers


def test_a_partner_whose_newest_key_is_sm2_is_called_with_our_sm2_key(db: None) -> None:
    partner = make_partner("BOC", "BANK", algorithm="SM2-SM3")
    with serving(partner) as server:
        server.always(Reply({"result_code": "none"}))

        answer = ask(partner)

        assert answer.signed
        assert server.called[0].headers["Unipay-Key"] == own_key("SM2-SM3", clock.now()).key_id


def test_an_answer_is_judged_by_its_result_code(bank: Partner, bank_server: PartnerServer) -> None:
    bank_server.always(Reply({"result_code": "4004", "detail": "no"}, status=201))

    answer = ask(bank)

    assert (answer.status, answer.body, answer.signed) == (201, {"result_code": "4004", "detail": "no"}, True)
    assert answer.result_code == "4004"
    assert answer.meaning == Meaning("not_told", Finality.FINAL_FAILURE)
    assert answer.latency_ms < 300


def test_a_code_nobody_mapped_leaves_the_outcome_unknown(bank: Partner, bank_server: PartnerServer) -> None:
    bank_server.always(Reply({"result_code": "7777"}))

    assert ask(bank).meaning == Meaning("", Finality.UNKNOWN, is_mapped=False)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(b"", status=204, signed="no"), id="nothing at all"),
        pytest.param(Reply(b"", signed="no"), id="an empty body"),
    ],
)
def test_an_empty_answer_needs_no_signature(bank: Partner, bank_server: PartnerServer, reply: Reply) -> None:
    bank_server.always(reply)

    answer = ask(bank)

    assert (answer.body, answer.result_code, answer.meaning, answer.signed) == (None, "", None, False)


def test_json_without_a_result_code_needs_no_signature(bank: Partner, bank_server: PartnerServer) -> None:
    bank_server.always(Reply({"received": True}, signed="no"))

    answer = ask(bank)

    assert (answer.body, answer.meaning, answer.signed) == ({"received": True}, None, False)


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (Reply(signed="no"), "a result code without a signature"),
        (Reply(signed="wrongly"), "the signature is wrong"),
        (Reply({"received": True}, signed="wrongly"), "the signature is wrong"),
        (Reply(signed="by a stranger"), "signed with a key that is not live"),
        (Reply(signed="long ago"), "more than 300 s off our clock"),
        (Reply(headers={"Unipay-Signature": "§"}), "the signature is wrong"),
        (Reply(b"<html>welcome</html>", signed="no"), "the body is not JSON"),
        (Reply("签约".encode("gbk"), signed="no"), "the body is not JSON"),
        (Reply(b'{"amount": NaN}', signed="no"), "the body is not JSON"),
        (Reply(b"[" * 100_000, signed="no"), "the body is not JSON"),
        (Reply(b'["result_code"]', signed="no"), "the body is not a JSON object"),
        (Reply({"result_code": 0}), "result_code is not a text"),
        (Reply({"result_code": ""}), "result_code is not a text"),
        (Reply(status=500), "answered HTTP 500"),
        (Reply(status=404), "answered HTTP 404"),
        (Reply(status=302, headers={"Location": "/elsewhere"}), "answered HTTP 302"),
        (Reply(b" " * (1024 * 1024 + 1), signed="no"), "more than 1048576 bytes"),
    ],
)
def test_what_cannot_be_taken_for_an_answer_is_none(
    bank: Partner, bank_server: PartnerServer, reply: Reply, detail: str
) -> None:
    bank_server.always(reply)

    with pytest.raises(transport.AnsweredBadly, match=detail) as bad:
        ask(bank)

    assert bad.value.status == reply.status
    assert len(bank_server.called) == 1


def test_a_key_that_ran_out_signs_nothing(bank: Partner, bank_server: PartnerServer) -> None:
    bank.keys.update(valid_until=clock.now() - timedelta(seconds=1))

    with pytest.raises(Unanswered, match="not live"):
        ask(bank)


def test_a_second_key_of_the_partner_counts_too(bank: Partner, bank_server: PartnerServer) -> None:
    add_partner_key(
        bank, "k2", "RSA-SHA256", key_pair("ICBC/k2").public_pem, clock.now() - timedelta(seconds=1)
    )

    assert ask(bank).signed


def test_a_connection_that_is_refused_means_it_certainly_did_not_happen(bank: Partner) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        bank.base_url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(TransportFailed, match="ConnectError"):
            ask(bank)


def test_a_plain_server_where_tls_is_expected_means_it_did_not_happen(
    bank: Partner, bank_server: PartnerServer
) -> None:
    bank.base_url = bank_server.url.replace("http://", "https://")

    with pytest.raises(TransportFailed, match="ConnectError"):
        ask(bank)

    assert bank_server.called == []


@pytest.mark.parametrize(
    "address", ["", "http://no-such-host.invalid", "ftp://127.0.0.1", "http://127.0.0.1:99999"]
)
def test_an_address_that_leads_nowhere_means_it_did_not_happen(bank: Partner, address: str) -> None:
    bank.base_url = address

    with pytest.raises(TransportFailed):
        ask(bank)


def test_a_partner_that_takes_too_long_did_not_answer(bank: Partner, bank_server: PartnerServer) -> None:
    given_up = threading.Event()
    bank_server.always(Reply(until=given_up))

    with pytest.raises(Unanswered, match="ReadTimeout"):
        ask(bank)

    given_up.set()


def test_a_partner_that_hangs_up_did_not_answer_and_is_not_asked_again(
    bank: Partner, bank_server: PartnerServer
) -> None:
    bank_server.in_turn(Reply(), Reply(hangs_up=True), Reply())
    ask(bank)

    with pytest.raises(Unanswered, match="RemoteProtocolError"):
        ask(bank)

    assert len(bank_server.called) == 2


def test_connections_are_kept_and_used_again(bank: Partner, bank_server: PartnerServer) -> None:
    for _ in range(3):
        ask(bank)

    assert len(bank_server.connections) == 1


def test_an_operation_may_have_an_address_and_patience_of_its_own(
    bank: Partner, bank_server: PartnerServer
) -> None:
    Endpoint.objects.create(
        partner=bank, operation="query_signing", url=f"{bank_server.url}/v2/query", read_timeout_ms=700
    )

    ask(bank)
    route = transport.route(bank, "query_signing", "/signing-queries")

    assert bank_server.called[0].path == "/v2/query"
    assert (route.connect_seconds, route.read_seconds) == (2.0, 0.7)


def test_a_proxy_of_the_environment_is_not_used(
    bank: Partner, bank_server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert ask(bank).status == 200


@pytest.mark.django_db(transaction=True)
def test_nobody_is_asked_inside_a_transaction() -> None:
    bank = make_partner("ICBC", "BANK", base_url="http://127.0.0.1:1")

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        ask(bank)
