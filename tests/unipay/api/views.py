"""Endpoints with the smallest possible effects: an order puts a bank's name into the book of legal banks."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from unipay.api.fields import FenField, MsisdnField, TextField
from unipay.api.serializers import OrderSerializer, StrictSerializer
from unipay.api.view import Answer, AskingView, Call, PartnerListView, PartnerReadView, PartnerView
from unipay.errors import Finality, Reason, Refusal
from unipay.partners.models import LegalBank

NAME_TAKEN = Reason("name_taken", 409, _("another partner"))
NAME_UNKNOWN = Reason("name_unknown", 404, _("partner"))
ASK_LATER = Reason("ask_later", 503, _("closed"), Finality.UNKNOWN)


class Branch(StrictSerializer):
    city = TextField(max_length=40)


class BankOrder(OrderSerializer):
    name = TextField(max_length=80)
    fee_fen = FenField(required=False, max_value=1000)
    msisdn = MsisdnField(required=False)
    branches = Branch(many=True, required=False)
    numbers = serializers.ListField(child=MsisdnField(), required=False, max_length=2)


class BankAnswer(serializers.Serializer[Any]):
    """A bank in the book."""

    code = serializers.CharField()


class Broken(Exception):
    """The effect broke half-way."""


def enter(order: dict[str, Any], call: Call) -> Answer:
    bank = LegalBank.objects.create(code=f"B{LegalBank.objects.count()}", name=order["name"])
    if order["name"] == "taken":
        raise Refusal(NAME_TAKEN, conflict={"code": "B9"})
    if order["name"] == "later":
        raise Refusal(ASK_LATER, retry_after=30)
    if order["name"] == "broken":
        raise Broken
    return Answer(201, {"code": bank.code, "name": bank.name, "by": call.partner.code})


class BanksView(PartnerView):
    operation = "banks.create"
    request_class = BankOrder

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        return enter(order, call)


class AskedBanksView(AskingView[str]):
    operation = "banks.create"
    request_class = BankOrder
    answer_class = BankAnswer
    success_status = 201
    reasons = (NAME_TAKEN, NAME_UNKNOWN, ASK_LATER)

    def ask(self, order: dict[str, Any], call: Call) -> str:
        if order["name"] == "unheard-of":
            raise Refusal(NAME_UNKNOWN)
        return f"asked about {order['name']}"

    def effect(self, order: dict[str, Any], call: Call, answered: str) -> Answer:
        answer = enter(order, call)
        return Answer(201, {**answer.body, "said": answered})


class BankView(PartnerReadView):
    operation = "banks.read"

    def read(self, call: Call) -> dict[str, Any]:
        bank = LegalBank.objects.filter(code=self.kwargs["code"]).first()
        if bank is None:
            raise Refusal(NAME_UNKNOWN)
        return {"code": bank.code, "name": bank.name}


class BankListView(PartnerListView[LegalBank]):
    operation = "banks.read"
    answer_class = BankAnswer

    def rows(self, query: dict[str, Any], call: Call) -> QuerySet[LegalBank, LegalBank]:
        return LegalBank.objects.all()

    def represent(self, row: LegalBank) -> dict[str, Any]:
        return {"code": row.code}
