"""Answers that are bytes of a kept content: signed like every other answer, and so never larger than fits into memory;
a larger content is fetched range by range.
"""

import os
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from unipay.api.rendering import CanonicalJSONRenderer, canonical_json
from unipay.api.view import Call, SignedView
from unipay.errors import Reason, Refusal
from unipay.exchange import errors, vault

MOST_BYTES = 8 * 1024 * 1024
"""How much one answer holds."""

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class BytesRenderer(CanonicalJSONRenderer):
    """Hands bytes on as they are, whatever the caller accepts; a problem is JSON as everywhere."""

    media_type = "*/*"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return the body."""
        return data if isinstance(data, bytes) else canonical_json(data)


class ContentView(SignedView):
    """A GET of a kept content, or of one range of it."""

    http_method_names = ["get"]
    renderer_classes = [BytesRenderer]
    answer_class = OpenApiTypes.BINARY
    answer_media_type: ClassVar[str]
    other_success_statuses = (206,)
    reasons: ClassVar[Sequence[Reason]] = (
        errors.FILE_NOT_FOUND,
        errors.CONTENT_MISSING,
        errors.RANGE_NEEDED,
        errors.RANGE_UNFIT,
    )

    def get(self, request: Request, **kwargs: Any) -> Response:
        """Answer with the whole, or with the range asked for."""
        call = self.call_of(request)
        number, name = self.kept_as(call)
        try:
            return self._answer(request.headers.get("Range", ""), number, name, call)
        except (vault.Missing, vault.Altered):
            raise Refusal(errors.CONTENT_MISSING) from None

    def kept_as(self, call: Call) -> tuple[str, str]:
        """Return the number the content is kept under, and a file's name for it; raises Refusal."""
        raise NotImplementedError

    def given(self, call: Call) -> None:
        """The content was given to its end."""

    def _answer(self, asked: str, number: str, name: str, call: Call) -> Response:
        with vault.open_(number) as kept:
            size = kept.seek(0, os.SEEK_END)
            first, length = _range_of(asked, size)
            kept.seek(first)
            body = kept.read(length)
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
        }
        if asked:
            headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
        if first + length == size:
            self.given(call)
        status = 206 if asked else 200
        return Response(body, status=status, headers=headers, content_type=self.answer_media_type)


def _range_of(asked: str, size: int) -> tuple[int, int]:
    """Return the first byte and how many; of a range that is longer than an answer, the beginning."""
    if not asked:
        if size > MOST_BYTES:
            raise Refusal(errors.RANGE_NEEDED, f"{size} > {MOST_BYTES}")
        return 0, size
    found = _RANGE.fullmatch(asked.strip())
    if found is None or not any(found.groups()):
        raise Refusal(errors.RANGE_UNFIT, "bytes=0-1048575")
    first, last = _bounds(found[1], found[2], size)
    if not 0 <= first <= last or first >= size:
        raise Refusal(errors.RANGE_UNFIT, f"0-{size - 1}")
    return first, min(last - first + 1, MOST_BYTES)


def _bounds(begin: str, end: str, size: int) -> tuple[int, int]:
    if not begin:
        return max(0, size - int(end)), size - 1
    return int(begin), min(int(end), size - 1) if end else size - 1
