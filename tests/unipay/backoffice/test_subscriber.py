"""How a number travels in addresses, and how apps fill its page."""

import dataclasses

import pytest

from tests.factories import make_province
from unipay.backoffice import subscriber
from unipay.backoffice.subscriber import Part, Section, Subscriber, seal, unseal
from unipay.partners.models import PortedNumber

NUMBER = "13805710001"


def test_a_sealed_number_is_opened_again() -> None:
    assert unseal(seal(NUMBER)) == NUMBER


def test_a_seal_fits_into_an_address_and_tells_nothing() -> None:
    first, second = seal(NUMBER), seal(NUMBER)

    assert first != second
    assert NUMBER not in first
    assert set(first) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize("token", ["", "x", NUMBER, "k9.abcd", "dev.", ".", "é.ü", "a.b.c", "k1:abc"])
def test_what_is_no_seal_of_ours_opens_nothing(token: str) -> None:
    with pytest.raises(ValueError, match="sealed"):
        unseal(token)


def test_a_seal_with_one_letter_changed_opens_nothing() -> None:
    token = seal(NUMBER)
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")

    with pytest.raises(ValueError, match="sealed"):
        unseal(changed if changed[-2] != token[-1] else "x")


def test_a_section_is_registered_once() -> None:
    taken = next(iter(subscriber._SECTIONS.values()))

    with pytest.raises(ValueError, match="already registered"):
        subscriber.register(dataclasses.replace(taken))


def test_sections_come_in_order_to_those_with_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber, "_SECTIONS", {})
    for name, order in (("late", 20), ("early", 10), ("forbidden", 5)):
        subscriber.register(Section(name, name, order, f"app.{name}", lambda _subscriber: Part([]), ""))

    class Person:
        def has_perm(self, right: str) -> bool:
            return right != "app.forbidden"

    assert [section.name for section in subscriber.sections_for(Person())] == ["early", "late"]


def test_what_several_sections_ask_is_asked_once() -> None:
    asked = []
    someone = Subscriber(NUMBER)

    def question(about: Subscriber) -> str:
        asked.append(about)
        return "answer"

    assert [someone.once(question), someone.once(question)] == ["answer", "answer"]
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_ported_number_is_at_home_where_it_went() -> None:
    make_province("ZJ", prefix="1380571", key_id="")
    shanghai = make_province("SH", prefix="1380021", key_id="")
    PortedNumber.objects.create(msisdn=NUMBER, province=shanghai)

    ported, other = Subscriber(NUMBER), Subscriber("13805710002")

    assert (ported.province, ported.is_ported) == (shanghai, True)
    assert (other.province.code if other.province else "", other.is_ported) == ("ZJ", False)
