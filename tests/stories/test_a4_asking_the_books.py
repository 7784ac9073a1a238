"""Domain.md A4: what each book says now is asked over the real wire, and each party fails in its own way."""

import time

import pytest
from django.contrib.auth.models import User

from signing.admin.case.page import CasePage
from signing.flows.ask_books import ask_books
from signing.models import ManualCase
from tests.town import Town
from unipay import clock
from unipay.sandbox import receiving
from unipay.sandbox.demo import carrier_channel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]

NUMBER = "1380571"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent partner outlasts our patience (1.5 s) by little, a slow one does not."""
    monkeypatch.setattr(receiving, "pause", lambda seconds: time.sleep(2 if seconds > 5 else 0.2))


def a_duplicate(town: Town, ending: str) -> ManualCase:
    """ICBC's page was overtaken by ABC's counter; the province knows of ABC."""
    carrier_channel.walk(f"{NUMBER}{ending}", bank_code="ICBC", button="overtaken")
    town.deliver()
    return town.case()


def asked(case: ManualCase) -> dict[str, list[tuple[str, str]]]:
    """What each party is then said to have said: verdict and words, by its code."""
    person = User.objects.create_superuser("root")
    ask_books(case.case_no, by_id=person.pk)
    page = CasePage(case, person, clock.now())
    return {
        card.partner.code: [(answer.finding.verdict, str(answer.finding.words)) for answer in card.answers]
        for card in page.parties
        if card.partner and card.answers
    }


IN_FORCE = ("AGREES", "In force there.")
HOLDS_OURS = ("AGREES", "Holds the standing contract, as we do.")
NUMBER_WELL = ("AGREES", "In use and in normal status.")
TIMED_OUT = ("UNKNOWN", "Unknown: no answer came in time.")


@pytest.mark.parametrize(
    ("ending", "banks", "province"),
    [
        ("0010", IN_FORCE, HOLDS_OURS),
        ("9051", TIMED_OUT, HOLDS_OURS),
        ("9052", IN_FORCE, HOLDS_OURS),
        ("9053", ("UNKNOWN", "Unknown: what came back cannot be trusted."), HOLDS_OURS),
        ("9054", ("DIFFERS", "The bank has no such contract."), HOLDS_OURS),
        ("9055", IN_FORCE, TIMED_OUT),
        ("9056", IN_FORCE, ("DIFFERS", "Holds a contract that we do not have.")),
        ("9057", IN_FORCE, ("UNKNOWN", "Unknown: its system is not available now.")),
    ],
)
def test_every_party_is_heard_as_it_answers(
    town: Town, ending: str, banks: tuple[str, str], province: tuple[str, str]
) -> None:
    case = a_duplicate(town, ending)

    heard = asked(case)

    assert heard == {"ABC": [banks], "ICBC": [banks], "ZJ": [province, NUMBER_WELL]}
