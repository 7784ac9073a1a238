"""Serializer fields that take exactly what the wire format says and convert nothing silently."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from unipay import bank_card, clock, identity, money, msisdn

REQUEST_NO = r"^[A-Za-z0-9_-]{1,64}$"
YEARS = range(1970, 2200)

_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class TextField(serializers.CharField):
    """Text as it was sent: no number becomes text, no blank is cut off, no control character gets in."""

    default_error_messages = {
        "not_text": _("Must be text."),
        "padded": _("Must not begin or end with blanks."),
        "control_character": _("Must not hold control characters."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **{"max_length": 200, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """Return the text unchanged."""
        if not isinstance(data, str):
            self.fail("not_text")
        if data != data.strip():
            self.fail("padded")
        if _CONTROL.search(data):
            self.fail("control_character")
        return super().to_internal_value(data)


class CodeField(serializers.ChoiceField):
    """One of the catalogued words, written exactly so."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the word; a number or flag that happens to look like it is not one."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:40])
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false; not 1, not "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class WholeNumberField(serializers.IntegerField):
    """An integer written as one: no text, float or flag."""

    def to_internal_value(self, data: Any) -> int:
        """Return the integer."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class QueryNumberField(serializers.IntegerField):
    """An integer in a query, where everything is text: the digits 0 to 9 and nothing else."""

    def to_internal_value(self, data: Any) -> int:
        """Return the integer."""
        if not (isinstance(data, str) and data.isascii() and data.isdigit()):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class FenField(WholeNumberField):
    """An amount in whole fen, not negative unless `min_value` says so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": money.MAX_FEN, **kwargs})


class RequestNoField(serializers.RegexField):
    """The partner's own number of a request: 1 to 64 of A-Z, a-z, 0-9, _ and -."""

    default_error_messages = {"invalid": _("A request number is 1 to 64 of A-Z a-z 0-9 _ -.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(REQUEST_NO, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the number; `$` alone would let a final line feed pass."""
        if not isinstance(data, str) or data.endswith("\n"):
            self.fail("invalid")
        return super().to_internal_value(data)


class _CheckedField(serializers.CharField):
    """Text that one of our small modules checks."""

    check: Callable[[str], Any]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return what the module makes of the text; its complaint becomes the field's fault."""
        try:
            return type(self).check(data)
        except (ValueError, OverflowError):
            self.fail("invalid")


@extend_schema_field({"type": "string", "pattern": "^1[3-9][0-9]{9}$", "examples": ["13805710001"]})
class MsisdnField(_CheckedField):
    """A mobile number: eleven digits beginning with 13 to 19."""

    default_error_messages = {"invalid": _("A mobile number is eleven digits beginning with 13 to 19.")}
    check = staticmethod(msisdn.validate)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=11, min_length=11, **kwargs)


@extend_schema_field({"type": "string", "pattern": "^[1-9][0-9]{16}[0-9Xx]$"})
class IdentityNumberField(_CheckedField):
    """A resident identity number with a right check digit."""

    default_error_messages = {"invalid": _("The identity number is not valid.")}
    check = staticmethod(identity.validate)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=18, min_length=18, **kwargs)


@extend_schema_field({"type": "string", "pattern": "^[0-9]{6,32}$"})
class AccountNumberField(_CheckedField):
    """A bank account or card number: 6 to 32 digits."""

    default_error_messages = {"invalid": _("An account number is 6 to 32 digits.")}
    check = staticmethod(bank_card.validate_account)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=32, min_length=6, **kwargs)


def _read_business_date(text: str) -> date:
    day = clock.parse_business_date(text)
    if day.year not in YEARS:
        raise ValueError("the year is out of range")
    return day


def _read_moment(text: str) -> datetime:
    if not isinstance(text, str) or not _TIMESTAMP.fullmatch(text):
        raise ValueError("a moment is written as RFC 3339 says, with its offset")
    moment = datetime.fromisoformat(text)
    if moment.year not in YEARS:
        raise ValueError("the year is out of range")
    return moment


class BusinessDateField(serializers.DateField):
    """A business day, "2026-10-01"."""

    default_error_messages = {"invalid": _("A business date is written YYYY-MM-DD, from 1970 to 2199.")}

    def to_internal_value(self, value: Any) -> date:
        """Return the day."""
        try:
            return _read_business_date(value)
        except ValueError:
            self.fail("invalid", format="YYYY-MM-DD")


class MomentField(serializers.DateTimeField):
    """A moment as RFC 3339 writes it, with its offset: "2026-10-01T08:00:00+08:00"."""

    default_error_messages = {
        "invalid": _("A time is written as RFC 3339, with its offset, from 1970 to 2199.")
    }

    def to_internal_value(self, value: Any) -> datetime:
        """Return the aware moment."""
        try:
            return _read_moment(value)
        except ValueError:
            self.fail("invalid", format="RFC 3339")
