"""What happens when a bank signed although its request to sign was refused, or although it lost our answer
(domain.md A4): the notice names the bank's own request, is kept as contested, and people decide.
"""

import json
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from signing.errors import NOTICE_CONTRADICTS, SIGNING_REQUEST_NOT_FOUND, UNKNOWN_NUMBER
from signing.flows import place
from signing.flows.notice_checks import refuse_impossible
from signing.flows.place import Opening
from signing.flows.told import Announced, Told
from signing.locks import lock_numbers
from unipay.errors import Fault, Refusal
from unipay.messaging.models import InboundRequest, InboundState
from unipay.partners import queries as partners

SIGNING_OPERATION = "signings.create"


def request_of(told: Told) -> InboundRequest:
    """The bank's own request to sign that the notice names; raises Refusal where there is none we answered."""
    answered = InboundRequest.objects.filter(
        partner=told.bank,
        request_no=told.notice.signing_request_no,
        operation=SIGNING_OPERATION,
        state=InboundState.DONE,
    )
    request = answered.first()
    if request is None:
        raise Refusal(SIGNING_REQUEST_NOT_FOUND)
    return request


def accept_despite_refusal(request: InboundRequest, told: Told, now: datetime) -> Announced:
    """Keep what the bank signed against our refusal, contested, beside whatever stands."""
    asked: dict[str, Any] = json.loads(request.body)
    opening = _opening(asked, told)
    lock_numbers([opening.msisdn, *opening.secondary_msisdns])
    if not told.notice.signed:
        return Announced(None)
    refuse_impossible(told, opening.offer, now)
    cause = f"refused:{told.bank.code}:{request.request_no}"
    return place.keep_late(opening, told, cause=cause, now=now)


def _opening(asked: dict[str, Any], told: Told) -> Opening:
    if told.notice.msisdn != asked["msisdn"]:
        fault = Fault("msisdn", "differs", _("The signing was opened for another number."))
        raise Refusal(NOTICE_CONTRADICTS, faults=[fault])
    province = partners.home_province(asked["msisdn"])
    if province is None:
        raise Refusal(UNKNOWN_NUMBER)
    return Opening(asked["msisdn"], asked.get("secondary_msisdns", []), province, asked["channel"])
