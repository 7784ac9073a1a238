"""The three kinds of bad news, never mixed: an expected no, a call that certainly failed, a call nobody answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


class Finality(StrEnum):
    """How final an answer is: money and contracts may only move on SUCCESS or FINAL_FAILURE."""

    SUCCESS = "SUCCESS"
    UNKNOWN = "UNKNOWN"
    FINAL_FAILURE = "FINAL_FAILURE"


@dataclass(frozen=True)
class Reason:
    """A catalogued reason for saying no.

    `code` is what programs read, `status` the HTTP status it becomes, `title` what people read (translated),
    `finality` whether asking again with the same content could end otherwise (UNKNOWN) or not (FINAL_FAILURE).
    """

    code: str
    status: int
    title: Text
    finality: Finality = Finality.FINAL_FAILURE


CATALOGUE: dict[str, Reason] = {}


def reason(code: str, *, status: int, title: Text, finality: Finality = Finality.FINAL_FAILURE) -> Reason:
    """Enter a reason in the catalogue the API documents. A code entered twice is a programming error."""
    if code in CATALOGUE:
        raise ValueError(f"The reason {code} is already in the catalogue.")
    CATALOGUE[code] = Reason(code, status, title, finality)
    return CATALOGUE[code]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field (or line) of what was sent."""

    field: str
    code: str
    detail: Text


class Refusal(Exception):
    """An expected no: nothing was changed, and the asker is told which reason, which fields, and what is in the way."""

    def __init__(
        self,
        reason: Reason,
        detail: Text = "",
        *,
        faults: Sequence[Fault] = (),
        conflict: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(reason.code, detail)
        self.reason = reason
        self.detail = detail
        self.faults = tuple(faults)
        self.conflict = conflict
        self.retry_after = retry_after


class TransportFailed(Exception):
    """The call certainly did not happen (no connection was made): it may be tried again without harm."""


class Unanswered(Exception):
    """Nobody knows whether the call happened: the state is UNKNOWN until the partner is asked again."""
