"""Cases found by whatever people have in hand: the mobile number, our numbers, the bank's, a request, a message."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from signing.models import Contract, ManualCase
from unipay import check_digit, msisdn
from unipay.messaging.models import InboundRequest
from unipay.partners.models import Partner

_LONGEST_TERM = 64


def find(cases: QuerySet[ManualCase], term: str) -> QuerySet[ManualCase]:
    """Return the cases the term names; the first way of reading it that fits is the one that counts.

    Every way is a look-up of a whole value in an index.
    """
    typed = term.strip()
    if not typed or len(typed) > _LONGEST_TERM:
        return cases.none()
    for by in _WAYS:
        try:
            return by(cases, typed)
        except ValueError:
            continue
    return _by_partners_words(cases, typed)


def _by_number(cases: QuerySet[ManualCase], term: str) -> QuerySet[ManualCase]:
    return cases.filter(msisdn=msisdn.normalise(term))


def _by_case_no(cases: QuerySet[ManualCase], term: str) -> QuerySet[ManualCase]:
    return cases.filter(case_no=check_digit.validate(term, "M"))


def _by_contract_no(cases: QuerySet[ManualCase], term: str) -> QuerySet[ManualCase]:
    return _about(cases, Contract.objects.filter(contract_no=check_digit.validate(term, "C")))


def _by_event_id(cases: QuerySet[ManualCase], term: str) -> QuerySet[ManualCase]:
    return cases.filter(obligations__message__event_id=uuid.UUID(term))


_WAYS: tuple[Callable[[QuerySet[ManualCase], str], QuerySet[ManualCase]], ...] = (
    _by_number,
    _by_case_no,
    _by_contract_no,
    _by_event_id,
)


def _by_partners_words(cases: QuerySet[ManualCase], term: str) -> QuerySet[ManualCase]:
    """A bank's contract number, or a partner's request number; both indexes begin with the partner."""
    everybody = list(Partner.objects.values_list("pk", flat=True))
    contracts = Contract.objects.filter(bank__in=everybody, bank_contract_no=term)
    requests = InboundRequest.objects.filter(partner__in=everybody, request_no=term)
    numbers = list(requests.exclude(msisdn="").values_list("msisdn", flat=True)[:_LONGEST_TERM])
    told = Q(msisdn__in=numbers, evidence__request_no=term)
    return _distinct(cases, told | _sides(_ids(contracts)))


def _about(cases: QuerySet[ManualCase], contracts: QuerySet[Contract]) -> QuerySet[ManualCase]:
    return cases.filter(_sides(_ids(contracts)))


def _sides(ids: Sequence[int]) -> Q:
    return Q(standing__in=ids) | Q(contested__in=ids)


def _ids(contracts: QuerySet[Contract]) -> list[int]:
    return list(contracts.values_list("pk", flat=True)[:_LONGEST_TERM])


def _distinct(cases: QuerySet[ManualCase], named: Q) -> QuerySet[ManualCase]:
    """Rows are joined to evidence, of which a case may have several pieces of one request."""
    found: Any = ManualCase.objects.filter(named).values("pk")
    return cases.filter(pk__in=list(dict.fromkeys(row["pk"] for row in found[:1000])))
