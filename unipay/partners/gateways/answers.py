"""Strict reading of partners' answers: what is missing or of another kind makes the whole answer no answer."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from unipay.errors import Finality, Unanswered
from unipay.partners.gateways.transport import GatewayAnswer

_LONGEST_TEXT = 500


class AnswerReader:
    """Reads one JSON object of an answer; `where` names it in the message of the Unanswered it raises."""

    def __init__(self, facts: Mapping[str, Any], *, where: str = "") -> None:
        self._facts = facts
        self._where = where

    def text(self, name: str, *, optional: bool = False) -> str:
        """A text that is not empty; "" for an optional one that is absent."""
        value = self._facts.get(name)
        if optional and value in (None, ""):
            return ""
        if not isinstance(value, str) or not value or len(value) > _LONGEST_TEXT:
            raise self.unreadable(name, "is not a text")
        return value

    def word(self, name: str, words: Collection[str]) -> str:
        """One of the words."""
        value = self._facts.get(name)
        if not isinstance(value, str) or value not in words:
            raise self.unreadable(name, f"is none of {', '.join(sorted(words))}")
        return value

    def fen(self, name: str, *, optional: bool = False) -> int | None:
        """A whole amount in fen, not negative; None for an optional one that is absent."""
        value = self._facts.get(name)
        if optional and value is None:
            return None
        if type(value) is not int or value < 0:
            raise self.unreadable(name, "is not an amount in fen")
        return value

    def flag(self, name: str, *, optional: bool = False) -> bool | None:
        """True or false; None for an optional one that is absent."""
        value = self._facts.get(name)
        if optional and value is None:
            return None
        if type(value) is not bool:
            raise self.unreadable(name, "is neither true nor false")
        return value

    def moment(self, name: str, *, optional: bool = False) -> datetime | None:
        """A moment with its offset (RFC 3339); None for an optional one that is absent."""
        text = self.text(name, optional=optional)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.unreadable(name, "is not a moment") from None
        if moment.tzinfo is None:
            raise self.unreadable(name, "is a moment without an offset")
        return moment

    def facts(self, name: str) -> dict[str, Any]:
        """An object."""
        value = self._facts.get(name)
        if not isinstance(value, dict):
            raise self.unreadable(name, "is not an object")
        return value

    def within(self, name: str) -> "AnswerReader":
        """A reader of an object inside this one."""
        return AnswerReader(self.facts(name), where=f"{self._where}{name}.")

    def each(self, name: str, *, most: int) -> list["AnswerReader"]:
        """A reader for every object of a list, of at most so many."""
        values = self._facts.get(name)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.unreadable(name, "is not a list of objects")
        if len(values) > most:
            raise self.unreadable(name, f"has more than {most} entries")
        return [
            AnswerReader(value, where=f"{self._where}{name}[{place}].") for place, value in enumerate(values)
        ]

    def unreadable(self, name: str, fault: str) -> Unanswered:
        """The bad news that a field makes of the answer."""
        return Unanswered(f"the answer cannot be read: {self._where}{name} {fault}")


def read_answer(answer: GatewayAnswer) -> AnswerReader:
    """Return a reader of an answer that says yes or finally no; raises Unanswered for any other."""
    if answer.body is None or answer.meaning is None:
        raise Unanswered("the answer bears no result code")
    if answer.meaning.finality is Finality.UNKNOWN:
        raise Unanswered(f"the answer's result code {answer.result_code} leaves the outcome unknown")
    return AnswerReader(answer.body)


def is_refused(answer: GatewayAnswer) -> bool:
    """Tell whether the result code is a final no."""
    return answer.meaning is not None and answer.meaning.finality is Finality.FINAL_FAILURE
