"""Why did a partner leave us without an answer? One word for people, from the bad news a call raised."""

from enum import StrEnum

import httpx

from unipay.errors import TransportFailed, Unanswered
from unipay.partners.gateways.transport import AnsweredBadly


class Silence(StrEnum):
    """UNREACHABLE: never sent. TIMED_OUT: sent, nothing came in time. NOT_OFFERED: the partner has no such service.
    UNAVAILABLE: its system says it can't now. UNUSABLE: something came back that can't be taken for its word.
    """

    UNREACHABLE = "UNREACHABLE"
    TIMED_OUT = "TIMED_OUT"
    NOT_OFFERED = "NOT_OFFERED"
    UNAVAILABLE = "UNAVAILABLE"
    UNUSABLE = "UNUSABLE"


def silence_of(news: TransportFailed | Unanswered) -> Silence:
    """Return the kind of silence a gateway's exception means."""
    if isinstance(news, TransportFailed):
        return Silence.UNREACHABLE
    if isinstance(news, AnsweredBadly):
        return _of_status(news.status)
    return Silence.TIMED_OUT if isinstance(news.__cause__, httpx.TimeoutException) else Silence.UNUSABLE


def _of_status(status: int) -> Silence:
    if status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED, httpx.codes.NOT_IMPLEMENTED):
        return Silence.NOT_OFFERED
    return Silence.UNUSABLE if httpx.codes.is_success(status) else Silence.UNAVAILABLE
