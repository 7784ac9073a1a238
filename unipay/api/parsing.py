"""The body of a request: a JSON object in UTF-8, and nothing that two readers could understand differently."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from unipay.api import errors
from unipay.errors import Fault, Refusal

MAX_DEPTH = 16
MAX_FAULTS = 20


class StrictJSONParser(BaseParser):
    """Reads a JSON object; refuses other encodings, names given twice, NaN, NUL, half characters and deep nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        """Return the object; raises Refusal BODY_MALFORMED or UnsupportedMediaType."""
        _require_utf8(media_type or "")
        return parse_object(stream.read())


def require_length(request: HttpRequest) -> None:
    """Refuse a body of unstated length, which would be read as an empty one."""
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise Refusal(errors.LENGTH_REQUIRED)


def require_plain(request: HttpRequest) -> None:
    """Refuse a compressed body: what was signed, what is kept and what is read are the same bytes."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise Refusal(errors.MEDIA_TYPE_UNSUPPORTED, _("Content-Encoding is not supported."))


def require_unique_names(query: QueryDict) -> None:
    """Refuse a query that gives a parameter twice, as a body that gives a name twice is refused."""
    faults = list(_twice_given(name for name, values in query.lists() for _value in values))
    if faults:
        raise Refusal(errors.REQUEST_FAULTY, faults=faults)


def parse_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object strictly; raises Refusal BODY_MALFORMED that says what is wrong."""
    try:
        content = json.loads(
            body.decode(), object_pairs_hook=_object_of_unique_names, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise _malformed(f"not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise _malformed(f"nested deeper than {MAX_DEPTH} levels") from error
    except json.JSONDecodeError as error:
        raise _malformed(f"not JSON: {error}"[:200]) from error
    except ValueError as error:  # Python reads no integer of more than some thousand digits
        raise _malformed("a number is too large") from error
    if not isinstance(content, dict):
        raise _malformed("not a JSON object")
    _refuse_ambiguous_values(content)
    return content


def _require_utf8(media_type: str) -> None:
    for parameter in media_type.split(";")[1:]:
        name, _equals, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type)


def _object_of_unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise _malformed("a name is given twice", *_twice_given(name for name, _ in pairs))
    return content


def _twice_given(names: Iterable[str]) -> Iterator[Fault]:
    repeated = [name for name, times in Counter(names).items() if times > 1]
    for name in repeated[:MAX_FAULTS]:
        yield Fault(_printable(name), "duplicate_name", _("The name is given more than once."))


def _refuse_constant(name: str) -> Any:
    raise _malformed(f"{name} is not JSON")


def _refuse_ambiguous_values(content: Any) -> None:
    for value, depth in _walk(content, 1):
        if depth > MAX_DEPTH:
            raise _malformed(f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            raise _malformed("a number is too large")
        if isinstance(value, str) and ("\x00" in value or _has_half_characters(value)):
            raise _malformed("a text holds NUL or half of a surrogate pair")


def _walk(content: Any, depth: int) -> Iterator[tuple[Any, int]]:
    yield content, depth
    if depth > MAX_DEPTH:
        return
    if isinstance(content, dict):
        for name, value in content.items():
            yield name, depth
            yield from _walk(value, depth + 1)
    elif isinstance(content, list):
        for value in content:
            yield from _walk(value, depth + 1)


def _has_half_characters(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _printable(name: str) -> str:
    return name.encode(errors="replace").decode().replace("\x00", "?")[:100]


def _malformed(detail: str, *faults: Fault) -> Refusal:
    return Refusal(errors.BODY_MALFORMED, detail, faults=faults)
