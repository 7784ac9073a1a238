import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from signing.links import link_for, way_back
from signing.models import SigningSession
from tests.signing.factories import MSISDN, make_contract, make_session, the_bank, the_hall
from unipay.messaging.models import OutboundMessage
from unipay.partners.models import MaintenanceWindow, Partner

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
CONSENT = {"bank_code": "ICBC", "consent": "on"}


@pytest.fixture
def bank() -> Partner:
    return the_bank("ICBC", name="中国工商银行", name_en="Industrial and Commercial Bank of China")


def open_session(**fields: Any) -> SigningSession:
    return make_session(**{"opened_at": timezone.now(), "language": "en", **fields})


def address(session: SigningSession | str, page: str = "agreement") -> str:
    token = session if isinstance(session, str) else session.link_token
    return reverse(f"signing_pages:{page}", args=[token])


def policy(response: Any) -> dict[str, list[str]]:
    directives = (part.split() for part in response["Content-Security-Policy"].split(";") if part.strip())
    return {name: values for name, *values in directives}


def again(session: SigningSession) -> SigningSession:
    return SigningSession.objects.get(pk=session.pk)


def headings(response: Any) -> list[str]:
    return re.findall(r"<h1>(.*?)</h1>", words(response))


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_agreement_shows_the_number_the_terms_and_the_banks_to_choose_from(
    client: Client, bank: Partner
) -> None:
    session = open_session(secondary_msisdns=["13805710002"])

    response = client.get(address(session))

    assert response.status_code == 200
    page = words(response)
    assert "138 0571 0001" in page
    assert "138 0571 0002" in page
    assert "50 yuan when the balance falls below 20 yuan" in page
    assert "Industrial and Commercial Bank of China" in page
    assert "One contract per number." in page
    assert escape(way_back(session)) in page


def test_only_open_banks_with_a_page_of_their_own_can_be_chosen(client: Client, bank: Partner) -> None:
    the_bank("CCB", signing_page_url="")
    the_bank("ABC", status="CLOSED")
    the_bank("BOC", is_virtual=True)
    under_maintenance = the_bank("CMB")
    now = timezone.now()
    MaintenanceWindow.objects.create(partner=under_maintenance, period=(now - MINUTE, now + MINUTE))

    response = client.get(address(open_session()))

    assert [code for code, _name in response.context["form"].fields["bank_code"].choices] == ["ICBC"]


def test_a_bank_chosen_at_the_hall_is_the_only_one_offered(client: Client, bank: Partner) -> None:
    the_bank("CCB")

    response = client.get(address(open_session(bank=bank)))

    assert [code for code, _name in response.context["form"].fields["bank_code"].choices] == ["ICBC"]
    assert 'value="ICBC" required checked' in words(response)


@pytest.mark.parametrize("fields", [{"status": "CLOSED"}, {"signing_page_url": ""}])
def test_a_chosen_bank_that_takes_no_signings_is_said_to_be_closed(
    client: Client, fields: dict[str, str]
) -> None:
    closed = the_bank("CCB", name="China Construction Bank", **fields)

    response = client.get(address(open_session(bank=closed)))

    assert response.status_code == 200
    assert "China Construction Bank takes no new signings at the moment." in words(response)
    assert "<form" not in words(response)


def test_without_any_open_bank_the_page_says_so(client: Client) -> None:
    response = client.get(address(open_session()))

    assert "No bank takes new signings at the moment." in words(response)


def test_consent_hands_over_to_the_bank_with_a_signed_form(client: Client, bank: Partner) -> None:
    session = open_session()

    response = client.post(address(session), CONSENT)

    assert response.status_code == 200
    session = again(session)
    assert (session.state, session.bank) == ("AT_BANK", bank)
    leaving = response.context["leaving"]
    assert leaving.url == "https://icbc.example/sign"
    assert leaving.fields["return_url"] == f"http://127.0.0.1:8000{address(session, 'result')}"
    page = words(response)
    assert f'action="{leaving.url}"' in page
    for name, value in leaving.fields.items():
        assert f'<input type="hidden" name="{name}" value="{escape(value)}">' in page


def test_only_the_hand_over_may_send_a_form_to_the_bank(client: Client, bank: Partner) -> None:
    session = open_session()

    before = client.get(address(session))
    leaving = client.post(address(session), CONSENT)

    assert policy(before)["form-action"] == ["'self'"]
    assert policy(leaving)["form-action"] == ["'self'", "https://icbc.example"]
    assert policy(leaving)["script-src"] == ["'self'"]
    assert policy(leaving)["style-src"] == ["'self'"]
    assert policy(client.get(address(session)))["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    ("posted", "complaint"),
    [
        ({"bank_code": "ICBC"}, "Please read the agreement and tick the box to go on."),
        ({"consent": "on"}, "Please choose your bank."),
        (
            {"bank_code": "NOBANK", "consent": "on"},
            "This bank takes no signings at the moment. Please choose another one.",
        ),
    ],
)
def test_an_incomplete_consent_is_complained_of_at_the_field(
    client: Client, bank: Partner, posted: dict[str, str], complaint: str
) -> None:
    session = open_session()
    the_bank("CCB")

    response = client.post(address(session), posted)

    assert response.status_code == 422
    assert complaint in words(response)
    session = again(session)
    assert (session.state, session.consented_at) == ("OPENED", None)


def test_consent_to_a_bank_that_closed_meanwhile_changes_nothing(client: Client, bank: Partner) -> None:
    session = open_session()
    bank.close()
    bank.save()

    response = client.post(address(session), CONSENT)

    assert response.status_code == 422
    session = again(session)
    assert session.state == "OPENED"


def test_a_bank_that_closes_at_the_last_moment_is_complained_of_at_the_field(
    client: Client, bank: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session()
    monkeypatch.setattr("signing.pages.partners.takes_new_business", lambda *_: False)

    response = client.post(address(session), CONSENT)

    assert response.status_code == 409
    assert "The bank takes no new signings at the moment." in words(response)
    session = again(session)
    assert session.state == "OPENED"


def test_the_bank_chosen_at_the_hall_cannot_be_swapped(client: Client, bank: Partner) -> None:
    the_bank("CCB")
    session = open_session(bank=bank)

    response = client.post(address(session), {"bank_code": "CCB", "consent": "on"})

    assert response.status_code == 422
    session = again(session)
    assert (session.state, session.bank) == ("OPENED", bank)


def test_who_comes_back_from_the_bank_unsigned_may_go_there_again(client: Client, bank: Partner) -> None:
    session = open_session()
    client.post(address(session), CONSENT)

    shown = client.get(address(session))
    handed_over = client.post(address(session), CONSENT)

    assert shown.status_code == 200
    assert "were sent to Industrial and Commercial Bank of China" in words(shown)
    assert handed_over.status_code == 200
    assert handed_over.context["leaving"].fields["session_no"] == session.session_no


def test_a_number_signed_meanwhile_ends_the_session_and_the_page_tells(client: Client, bank: Partner) -> None:
    session = open_session()
    make_contract(msisdn=MSISDN, bank=the_bank("CCB"))

    response = client.post(address(session), CONSENT, follow=True)

    session = again(session)
    assert (session.state, session.failure_code) == ("FAILED", "number_has_contract")
    assert response.redirect_chain == [(address(session, "result"), 302)]
    assert "This number has been signed with a bank in the meantime." in words(response)
    assert OutboundMessage.objects.get().kind == "signing_outcome"


@pytest.mark.parametrize("page", ["agreement", "result", "status"])
@pytest.mark.parametrize(
    "token", ["x" * 43, "short", "token-0001-%00", "签约", "token 0001 with blanks", "y" * 300]
)
def test_an_unknown_or_tampered_link_gets_a_helpful_page(client: Client, token: str, page: str) -> None:
    response = client.get(address(token, page), headers={"accept-language": "en"})

    assert response.status_code == 404
    if page != "status":
        assert "go back to the online hall and start the signing again" in words(response)


def test_one_changed_letter_makes_a_link_unknown(client: Client, bank: Partner) -> None:
    session = open_session()

    response = client.post(address(session.link_token[:-1] + "z"), CONSENT)

    assert response.status_code == 404
    session = again(session)
    assert session.state == "OPENED"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_expired_link_leads_back_to_the_hall(client: Client, bank: Partner, method: str) -> None:
    session = open_session(opened_at=timezone.now() - 40 * MINUTE)

    response = getattr(client, method)(address(session), CONSENT)

    assert response.status_code == 410
    assert "This link has expired" in words(response)
    assert escape(way_back(session)) in words(response)
    session = again(session)
    assert session.state == "OPENED"


def test_a_session_that_ended_by_expiry_leads_back_to_the_hall(client: Client) -> None:
    response = client.get(address(open_session(state="EXPIRED")))

    assert response.status_code == 410


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("state", ["COMPLETED", "FAILED"])
def test_a_link_used_again_leads_to_the_outcome(client: Client, state: str, method: str) -> None:
    session = open_session(state=state)

    response = getattr(client, method)(address(session), CONSENT)

    assert response.status_code == 409
    assert "This link has been used" in words(response)
    assert f'href="{address(session, "result")}"' in words(response)
    session = again(session)
    assert session.state == state


def test_whoever_is_at_the_bank_too_long_is_shown_what_is_known(client: Client) -> None:
    session = open_session(state="AT_BANK", opened_at=timezone.now() - 40 * MINUTE)

    response = client.get(address(session))

    assert (response.status_code, response["Location"]) == (302, address(session, "result"))


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("ACTIVE", "Signed"),
        ("CONTESTED", "Our staff are checking this signing"),
        ("SUSPENDED", "Signed, but suspended"),
        ("TERMINATED", "This contract has ended"),
    ],
)
def test_a_completed_signing_is_told_as_its_contract_stands(client: Client, state: str, heading: str) -> None:
    contract = make_contract(state, channel="CARRIER")

    response = client.get(address(open_session(state="COMPLETED", contract=contract), "result"))

    assert headings(response) == [heading]
    assert contract.contract_no in words(response)


def test_the_outcome_shows_bank_account_masked_and_terms_in_yuan(client: Client, bank: Partner) -> None:
    contract = make_contract(bank=bank, recharge_threshold_fen=1050, recharge_amount_fen=300000)

    page = words(client.get(address(open_session(state="COMPLETED", contract=contract), "result")))

    assert "Industrial and Commercial Bank of China" in page
    assert "622202 **** 0128" in page
    assert "6222021234567890128" not in page
    assert "3,000 yuan when the balance falls below 10.50 yuan" in page


@pytest.mark.parametrize(("auto_pay", "said"), [(True, "Yes, the monthly bill is debited"), (False, "No")])
def test_a_postpaid_outcome_shows_whether_the_bill_is_debited(
    client: Client, auto_pay: bool, said: str
) -> None:
    contract = make_contract(
        user_type="POSTPAID", recharge_threshold_fen=None, recharge_amount_fen=None, auto_pay=auto_pay
    )

    page = words(client.get(address(open_session(state="COMPLETED", contract=contract), "result")))

    assert f"<dd> {said} </dd>" in page


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("account_invalid", "The bank could not verify the account."),
        ("number_has_contract", "This number has been signed with a bank in the meantime."),
        ("E-77", "The reason it gave us: E-77."),
        ("", "The reason it gave us: –."),
    ],
)
def test_a_failure_is_told_in_words(client: Client, code: str, said: str) -> None:
    session = open_session(state="FAILED", failure_code=code)

    response = client.get(address(session, "result"))

    assert headings(response) == ["Not signed"]
    assert said in words(response)


def test_an_expired_signing_is_told_to_be_over(client: Client) -> None:
    response = client.get(address(open_session(state="EXPIRED"), "result"))

    assert headings(response) == ["The time ran out"]


def test_while_the_bank_is_silent_the_page_looks_again_with_or_without_javascript(client: Client) -> None:
    session = open_session(state="AT_BANK")

    page = words(client.get(address(session, "result")))

    assert '<noscript> <meta http-equiv="refresh" content="8; url=?looked=1"> </noscript>' in page
    assert f'data-status="{address(session, "status")}"' in page
    assert "signing/result.js" in page
    assert 'id="late" role="status" hidden>' in page


def test_after_many_looks_the_page_says_that_nobody_knows_yet(client: Client) -> None:
    session = open_session(state="AT_BANK")

    page = words(client.get(address(session, "result"), {"looked": "12"}))

    assert "http-equiv" not in page
    assert 'id="asking" role="status" hidden>' in page
    assert "We do not know yet whether ICBC signed." in page
    assert escape(way_back(session)) in page


@pytest.mark.parametrize("looked", ["-1", "1.5", "٣", "²", "9" * 50, "x"])
def test_nonsense_in_the_count_of_looks_does_no_harm(client: Client, looked: str) -> None:
    response = client.get(address(open_session(state="AT_BANK"), "result"), {"looked": looked})

    assert response.status_code == 200


def test_a_session_nobody_consented_to_has_no_outcome_but_the_agreement(client: Client) -> None:
    session = open_session()

    response = client.get(address(session, "result"))

    assert (response.status_code, response["Location"]) == (302, address(session))


def test_a_bank_may_send_the_browser_back_by_a_form_whose_words_count_for_nothing() -> None:
    session = open_session(state="AT_BANK")
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(address(session, "result"), {"result": "SIGNED"})

    assert (response.status_code, response["Location"]) == (302, address(session, "result"))
    session = again(session)
    assert session.state == "AT_BANK"


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("OPENED", "NOT_BEGUN"),
        ("AT_BANK", "WAITING"),
        ("COMPLETED", "SIGNED"),
        ("FAILED", "FAILED"),
        ("EXPIRED", "EXPIRED"),
    ],
)
def test_the_status_is_one_word_and_nothing_personal(client: Client, state: str, outcome: str) -> None:
    response = client.get(address(open_session(state=state), "status"))

    assert response.json() == {"outcome": outcome}


def test_consent_without_the_csrf_token_is_refused_in_plain_words(bank: Partner, settings: Any) -> None:
    settings.CSRF_FAILURE_VIEW = "signing.pages.cookie_missing"
    session = open_session()
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    response = strict.post(address(session), CONSENT)

    assert response.status_code == 403
    assert headings(response) == ["Please open the page again"]
    session = again(session)
    assert session.state == "OPENED"


def test_the_hall_decides_the_language_until_the_subscriber_does(client: Client) -> None:
    chinese, english = open_session(language="zh-hans"), open_session(language="en")

    assert '<html lang="zh-Hans">' in words(client.get(address(chinese)))
    assert '<html lang="en">' in words(client.get(address(english)))
    assert '<html lang="en">' in words(client.get(address(chinese), {"lang": "en"}))
    assert '<html lang="zh-Hans">' in words(client.get(address(english), {"lang": "zh-hans"}))


def test_a_chosen_language_outlives_the_visit_to_the_bank_for_this_link_only(client: Client) -> None:
    session = open_session(state="AT_BANK", language="zh-hans")

    kept = client.get(address(session), {"lang": "en"}).cookies["pay_language"]

    assert kept["path"] == address(session)
    assert '<html lang="en">' in words(client.get(address(session, "result")))


def test_a_language_nobody_speaks_here_is_passed_over(client: Client) -> None:
    response = client.get(address(open_session(language="zh-hans")), {"lang": "xx"})

    assert '<html lang="zh-Hans">' in words(response)
    assert "pay_language" not in response.cookies


@pytest.mark.parametrize("page", ["agreement", "result", "status"])
@pytest.mark.parametrize("known", [True, False])
def test_pages_are_neither_kept_nor_indexed_nor_told_to_others(
    client: Client, page: str, known: bool
) -> None:
    session = open_session(state="AT_BANK") if known else "unknown-unknown-unknown"

    response = client.get(address(session, page))

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(client: Client, bank: Partner) -> None:
    session = open_session()
    pages = [client.get(address(session)), client.post(address(session), CONSENT)]
    pages.append(client.get(address(session, "result")))

    for response in pages:
        page = words(response)
        assert "style=" not in page
        assert "<style" not in page
        assert " onclick" not in page
        assert page.count("<script") == page.count('<script src="/static/signing/')
        assert policy(response)["default-src"] == ["'self'"]


def test_the_link_for_the_hall_is_absolute(settings: Any) -> None:
    settings.UNIPAY_PUBLIC_URL = "https://pay.example"
    session = make_session()

    assert link_for(session) == f"https://pay.example/pay/signing/{session.link_token}/"


@pytest.mark.parametrize(
    ("return_url", "expected"),
    [
        ("https://hall.example/done", "https://hall.example/done?session_no={no}"),
        ("https://hall.example/done?a=1&b=", "https://hall.example/done?a=1&b=&session_no={no}"),
    ],
)
def test_the_way_back_names_the_session(return_url: str, expected: str) -> None:
    session = make_session(return_url=return_url, hall=the_hall())

    assert way_back(session) == expected.format(no=session.session_no)
