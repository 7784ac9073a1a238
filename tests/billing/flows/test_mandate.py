"""Mandates as staff enter, suspend, resume and end them (domain.md C3, C5)."""

from dataclasses import replace

import pytest

from billing.flows import mandate
from billing.flows.mandate import Particulars
from billing.models import Mandate
from tests.billing.debits import NOW, states
from tests.signing.factories import the_bank, the_province
from unipay.errors import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(db: None) -> Particulars:
    """A mandate for an agreement."""
    return Particulars(
        bank=the_bank(),
        province=the_province(),
        way="COLLECTION",
        mandate_no="M1",
        account_number="6222021234567890128",
        holder_name="杭州丝绸有限公司",
        signed_at=NOW,
        agreement_no="A1",
    )


def test_a_mandate_is_kept_sealed(said: Particulars) -> None:
    made = Mandate.objects.get(pk=mandate.add(said, now=NOW).pk)

    assert (made.state, made.agreement_no, made.account_number) == ("ACTIVE", "A1", "6222021234567890128")
    assert (made.account_mask, made.holder_mask) == ("622202*********0128", "杭*******")


@pytest.mark.parametrize(
    "changed",
    [{"mandate_no": ""}, {"account_number": ""}, {"agreement_no": ""}, {"msisdn": "13805710001"}],
    ids=["no number", "no account", "for nobody", "for two"],
)
def test_what_is_incomplete_is_refused(said: Particulars, changed: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        mandate.add(replace(said, **changed), now=NOW)

    assert refused.value.reason.code == "mandate_incomplete"
    assert not Mandate.objects.exists()


def test_an_agreement_has_one_mandate_until_it_ends(said: Particulars) -> None:
    first = mandate.add(said, now=NOW)

    with pytest.raises(Refusal) as refused:
        mandate.add(replace(said, mandate_no="M2"), now=NOW)

    assert refused.value.reason.code == "mandate_in_the_way"
    assert mandate.end(first.pk, remark="another account", now=NOW)
    mandate.add(replace(said, mandate_no="M2"), now=NOW)
    assert states(Mandate) == ["ENDED", "ACTIVE"]


def test_a_suspended_mandate_is_resumed_and_wishes_come_true_once(said: Particulars) -> None:
    made = mandate.add(said, now=NOW)

    assert [mandate.suspend(made.pk, remark="doubt") for _ in range(2)] == [True, False]
    assert [mandate.resume(made.pk) for _ in range(2)] == [True, False]
    assert [mandate.end(made.pk, remark="over", now=NOW) for _ in range(2)] == [True, False]
    with pytest.raises(Refusal) as refused:
        mandate.resume(made.pk)
    assert refused.value.reason.code == "mandate_state"


def test_there_is_no_such_mandate() -> None:
    with pytest.raises(Refusal) as refused:
        mandate.suspend(0, remark="who")

    assert refused.value.reason.code == "mandate_not_found"
