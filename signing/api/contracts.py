"""GET /contracts and what may be asked of one: POST amendments and termination (domain.md A3)."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from signing import errors
from signing.api.answers import ContractAnswer
from signing.api.examples import ACTIVE, AMENDED, AMENDMENT, TERMINATED, TERMINATION
from signing.api.orders import AmendmentOrder, TerminationOrder, amendment
from signing.flows import amendment as amendment_flow
from signing.flows import termination
from signing.flows.change import Origin
from signing.models import Contract
from signing.queries import contracts_seen_by
from signing.representation import contract_facts
from signing.states import ContractState, EndReason, Source
from unipay.api.fields import CodeField, MomentField, MsisdnField, TextField
from unipay.api.serializers import PageQuery
from unipay.api.view import Answer, Call, PartnerListView, PartnerReadView, PartnerView
from unipay.errors import Refusal
from unipay.partners.kinds import PartnerKind

_WIDEST_WINDOW = timedelta(days=31)
_SOURCES = {
    PartnerKind.BANK: Source.BANK,
    PartnerKind.PROVINCE: Source.PROVINCE,
    PartnerKind.HALL: Source.HALL,
}


class ContractQuery(PageQuery):
    """What a list of contracts can be narrowed to."""

    msisdn = MsisdnField(required=False)
    state = CodeField(required=False, choices=ContractState.choices)
    bank_contract_no = TextField(required=False, max_length=64)
    signed_from = MomentField(required=False, help_text=_("Together with signed_to, 31 days at most."))
    signed_to = MomentField(required=False, help_text=_("Not included."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A window has two ends that lie no further apart than one page of history may be wide."""
        begin, end = attrs.get("signed_from"), attrs.get("signed_to")
        if (begin is None) != (end is None):
            raise serializers.ValidationError({"signed_to" if begin else "signed_from": _("Give both ends.")})
        if begin and end and not timedelta(0) < end - begin <= _WIDEST_WINDOW:
            raise serializers.ValidationError({"signed_to": _("Later than signed_from, by 31 days at most.")})
        return attrs


class ContractsView(PartnerListView[Contract]):
    """List your contracts, newest first."""

    operation = "contracts.read"
    query_class = ContractQuery
    answer_class = ContractAnswer
    tag = "contracts"
    examples = (
        OpenApiExample("one page", value={"results": [ACTIVE], "next_cursor": None}, response_only=True),
    )

    def rows(self, query: dict[str, Any], call: Call) -> QuerySet[Contract, Contract]:
        """The partner's own contracts that match."""
        lookups = {"signed_from": "signed_at__gte", "signed_to": "signed_at__lt"}
        names = ("msisdn", "state", "bank_contract_no", "signed_from", "signed_to")
        wanted = {lookups.get(name, name): query[name] for name in names if query.get(name) is not None}
        return contracts_seen_by(call.partner).filter(**wanted)

    def represent(self, row: Contract) -> dict[str, Any]:
        """The contract as partners read it."""
        return contract_facts(row)


class ContractView(PartnerReadView):
    """Read one of your contracts."""

    operation = "contracts.read"
    answer_class = ContractAnswer
    tag = "contracts"
    reasons = (errors.CONTRACT_NOT_FOUND,)
    examples = (OpenApiExample("formal contract", value=ACTIVE, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """The contract, if the partner may see it."""
        contract = contracts_seen_by(call.partner).filter(contract_no=self.kwargs["contract_no"]).first()
        if contract is None:
            raise Refusal(errors.CONTRACT_NOT_FOUND)
        return contract_facts(contract)


class AmendmentsView(PartnerView):
    """Amend an active contract: terms, secondary numbers or account."""

    operation = "contracts.amend"
    request_class = AmendmentOrder
    answer_class = ContractAnswer
    tag = "contracts"
    reasons = (
        errors.CONTRACT_NOT_FOUND,
        errors.CONTRACT_NOT_ACTIVE,
        errors.NOTHING_TO_AMEND,
        errors.NUMBER_HAS_CONTRACT,
        errors.NUMBERS_INVALID,
        errors.TERMS_NOT_ALLOWED,
    )
    examples = (
        OpenApiExample("amendment", value=AMENDMENT, request_only=True),
        OpenApiExample("amended", value=AMENDED, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Amend the contract."""
        number = self.kwargs["contract_no"]
        origin = _origin(order, call)
        contract = amendment_flow.amend_for(
            call.partner, number, amendment(order), origin=origin, now=call.now
        )
        return Answer(200, contract_facts(contract))


class TerminationView(PartnerView):
    """End a contract; the same wish again is answered with the contract as it ended."""

    operation = "contracts.terminate"
    request_class = TerminationOrder
    answer_class = ContractAnswer
    tag = "contracts"
    reasons = (errors.CONTRACT_NOT_FOUND,)
    examples = (
        OpenApiExample("termination", value=TERMINATION, request_only=True),
        OpenApiExample("terminated", value=TERMINATED, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """End the contract."""
        number, reason = self.kwargs["contract_no"], EndReason(order["reason"])
        origin = _origin(order, call)
        contract = termination.terminate_for(call.partner, number, reason=reason, origin=origin, now=call.now)
        return Answer(200, contract_facts(contract))


def _origin(order: dict[str, Any], call: Call) -> Origin:
    source = _SOURCES[PartnerKind(call.partner.kind)]
    return Origin(source, order["business_date"], call.partner, call.request_no)
