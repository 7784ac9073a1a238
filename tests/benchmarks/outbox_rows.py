"""Messages for the delivery parts to send: the notices that contracts became formal."""

from datetime import datetime

from django.db import transaction

from signing.messages import CONTRACT_CHANGED
from signing.models import Contract
from signing.representation import contract_facts
from unipay.messaging import outbox
from unipay.messaging.models import OutboundMessage
from unipay.messaging.outbox import Promise
from unipay.partners.models import Partner


def facts() -> dict[str, object]:
    """One contract as partners are told of it: the content of every message here."""
    contract = Contract.objects.select_related("bank", "province").order_by("id").first()
    assert contract is not None
    return {"change": "SIGNED", "business_date": "2026-01-05", "contract": contract_facts(contract)}


def promise(partner: Partner, *, first: int, count: int, now: datetime) -> list[OutboundMessage]:
    """Promise so many messages about as many subjects in one transaction."""
    content = facts()
    with transaction.atomic():
        return outbox.promise_many(
            [
                Promise(partner, CONTRACT_CHANGED, f"contract:{number}", 2, content)
                for number in range(first, first + count)
            ],
            now=now,
        )


def provinces(count: int) -> list[Partner]:
    """The first provinces by code."""
    return list(Partner.objects.filter(kind="PROVINCE").order_by("code")[:count])
