"""How an answer is written: canonical JSON, so that a repeated answer is the same to the byte."""

import json
from types import SimpleNamespace
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class CanonicalJSONRenderer(JSONRenderer):
    """Writes names in order, without blanks, in UTF-8; the database keeps no other order."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return the body."""
        return canonical_json(data)


class AcceptOnly(DefaultContentNegotiation):
    """Goes by the Accept header alone; `?format=` is no parameter of ours."""

    settings: Any = SimpleNamespace(URL_FORMAT_OVERRIDE=None)


def canonical_json(content: Any) -> bytes:
    """Return JSON in UTF-8 with sorted names and no blanks: the same content is the same bytes."""
    return json.dumps(
        content, cls=JSONEncoder, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()
