"""What signing can be asked: which contract holds a number, and what a partner may see."""

from collections.abc import Iterable

from django.db.models import QuerySet

from signing.models import Contract, HeldNumber, SigningSession
from signing.states import FORMAL, CaseReason, Decision
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner


def standing_contract_on(msisdns: Iterable[str], *, other_than: int | None = None) -> Contract | None:
    """The standing contract that holds any of the numbers, as primary or secondary, other than the given one."""
    held = HeldNumber.objects.filter(msisdn__in=list(msisdns))
    if other_than is not None:
        held = held.exclude(contract_id=other_than)
    holder_id = held.order_by("-is_primary", "id").values_list("contract_id", flat=True).first()
    if holder_id is None:  # what is nearly always found, and should cost no more than a look at an index
        return None
    return Contract.objects.select_related("bank", "province").get(pk=holder_id)


def contracts_seen_by(partner: Partner) -> QuerySet[Contract]:
    """The contracts a partner may see and ask to change: a bank its own, a province or hall those at home there."""
    contracts = Contract.objects.select_related("bank", "province")
    if partner.kind == PartnerKind.BANK:
        return contracts.filter(bank=partner)
    if partner.kind == PartnerKind.PROVINCE:
        return contracts.filter(province=partner)
    if partner.kind == PartnerKind.HALL:
        return contracts.filter(province_id=partner.serves_id) if partner.serves_id else contracts
    return contracts.none()


def sessions_of(hall: Partner) -> QuerySet[SigningSession]:
    """The signing sessions a hall opened."""
    return SigningSession.objects.select_related("bank", "province", "hall", "contract").filter(hall=hall)


def formal_contract_count() -> int:
    """How many contracts are formal now."""
    return Contract.objects.filter(state__in=FORMAL).count()


def doubt_is_cleared(contract: str, since: str) -> str:
    """Return the SQL that tells whether people let the contract be debited again after its number was said to have
    changed hands; `contract` is an expression of its id, `since` of the moment in doubt."""
    return f"""EXISTS (
        SELECT FROM signing_manualcase cleared WHERE cleared.standing_id = {contract}
            AND cleared.reason = '{CaseReason.NUMBER_CHANGED_HANDS}' AND cleared.decision = '{Decision.RESUME}'
            AND cleared.decided_at > {since}
    )"""
