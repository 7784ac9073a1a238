"""The names of files: written by a layout's pattern, and read again by it."""

import re
import string
from datetime import date, datetime
from typing import Any

PLACEHOLDERS = ("partner", "kind", "business_date", "file_no", "sequence")
DAY = "%Y%m%d"
_DIRECTIVES = {"Y": r"[0-9]{4}", "m": r"[0-9]{2}", "d": r"[0-9]{2}", "y": r"[0-9]{2}"}
_ALLOWED = re.compile(r"[^/\\\x00-\x1f]{1,255}")
_PATTERNS = {
    "partner": r"[A-Za-z0-9_]+?",
    "kind": r"[a-z_]+",
    "file_no": r"[A-Za-z0-9-]+",
    "sequence": r"[0-9]+",
}


def write(pattern: str, **facts: Any) -> str:
    """Return the name for these facts (partner, kind, business_date, file_no, sequence).

    A day without a format of its own is written "20261120". Raises ValueError for a pattern that is wrong.
    """
    parts: list[str] = []
    for text, name, form in _parsed(pattern):
        parts.append(text)
        if name == "business_date":
            parts.append(facts[name].strftime(form or DAY))
        elif name:
            parts.append(format(facts[name], form))
    return "".join(parts)


def read(pattern: str, name: str) -> dict[str, Any] | None:
    """Return what a name says by the pattern, {} for a name that fits and says nothing; None where it does not fit.

    The ending of a packed file (.gz, .zip) does not matter. No pattern: no name fits.
    """
    try:
        parsed = _parsed(pattern) if pattern else []
    except ValueError:
        return None
    plain = re.sub(r"\.(gz|zip)$", "", name, flags=re.IGNORECASE)
    expression = "".join(re.escape(text) + _expression(field, form) for text, field, form in parsed)
    forms = {field: form or DAY for _text, field, form in parsed if field == "business_date"}
    for candidate in (name, plain):
        match = re.fullmatch(expression, candidate) if parsed else None
        if match:
            return _facts(match.groupdict(), forms.get("business_date", DAY))
    return None


def is_name(text: str) -> bool:
    """Tell whether the text may be the name of a file: no path, nothing invisible, at most 255 characters."""
    return bool(_ALLOWED.fullmatch(text)) and text not in (".", "..")


def _facts(found: dict[str, str], form: str) -> dict[str, Any] | None:
    facts: dict[str, Any] = dict(found)
    try:
        if "business_date" in found:
            facts["business_date"] = _day(found["business_date"], form)
        if "sequence" in found:
            facts["sequence"] = int(found["sequence"])
    except ValueError:
        return None
    return facts


def _day(text: str, form: str) -> date:
    return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone


def _parsed(pattern: str) -> list[tuple[str, str, str]]:
    """Return texts, each with the placeholder behind it and its format; raises ValueError."""
    parsed = []
    for text, name, form, conversion in string.Formatter().parse(pattern):
        if conversion or (name is not None and name not in PLACEHOLDERS):
            raise ValueError(f"{{{name}}} means nothing in a file name")
        if name == "business_date":
            _day_expression(form or DAY)
        parsed.append((text, name or "", form or ""))
    return parsed


def _expression(name: str, form: str) -> str:
    if not name:
        return ""
    if name == "business_date":
        return f"(?P<business_date>{_day_expression(form or DAY)})"
    return f"(?P<{name}>{_PATTERNS[name]})"


def _day_expression(form: str) -> str:
    pieces = re.split(r"%(.)", form)
    try:
        return "".join(
            _DIRECTIVES[piece] if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
        )
    except KeyError as error:
        raise ValueError(f"%{error.args[0]} means nothing in the name of a day's file") from None
