"""The OpenAPI description of one endpoint, read off its view: body, answer, every refusal with its code."""

import copy
import inspect
import re
from itertools import groupby
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from unipay.api.documented_reasons import reasons_of
from unipay.api.fields import TextField
from unipay.api.problems import PROBLEM_JSON, problem_body
from unipay.api.serializers import StrictSerializer
from unipay.errors import Finality, Reason, Refusal

EXAMPLE_REQUEST_ID = "7f1f2c9e-6f0e-4c55-9a53-0c8f3f1f3d2b"
_NEVER_SIGNED = {"401", "406", "411", "413"}
"""Answered before anybody knows whose request it is."""


def signature_headers() -> list[tuple[str, str]]:
    """Return the headers that carry a signature beside a body, with what each holds."""
    return [
        ("Unipay-Timestamp", gettext("Unix seconds.")),
        ("Unipay-Nonce", gettext("Counts once.")),
        ("Unipay-Key", gettext("The id of the key that signed.")),
        ("Unipay-Signature", gettext("base64, over TIMESTAMP, NONCE and BODY.")),
    ]


class FaultSerializer(serializers.Serializer[Any]):
    """One faulty field."""

    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error as RFC 9457 writes it."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    finality = serializers.ChoiceField(choices=[Finality.UNKNOWN.value, Finality.FINAL_FAILURE.value])
    request_id = serializers.CharField()
    errors = FaultSerializer(many=True)  # type: ignore[assignment]
    conflict = serializers.DictField(required=False, help_text=_("What is in the way."))


class SignatureScheme(OpenApiAuthenticationExtension):
    """The Authorization header."""

    target_class = "unipay.api.authentication.SignatureAuthentication"
    name = "signature"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the scheme; how the signature is made is told in the guide."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": gettext("%(example)s or UNIPAY-SM2-SM3: see “Signing a request”.")
            % {"example": 'UNIPAY-RSA-SHA256 partner="…",key="…",timestamp="…",nonce="…",signature="…"'},
        }


class PartnerSchema(AutoSchema):
    """Describes a SignedView by its attributes; other views as drf-spectacular does."""

    view: Any

    def get_operation_id(self) -> str:
        """Return the method and the view's name: post_signings, get_contract."""
        if not self._is_ours():
            return str(super().get_operation_id())
        name = type(self.view).__name__.removesuffix("View")
        return f"{self.method.lower()}_{re.sub(r'(?<!^)(?=[A-Z])', '_', name).lower()}"

    def get_tags(self) -> list[str]:
        """Return the view's tag, in the language of the moment."""
        return [gettext(self.view.tag)] if self._is_ours() and self.view.tag else super().get_tags()

    def get_summary(self) -> str | None:
        """Return the first line of the view's docstring."""
        return _translated(_docstring(self.view).partition("\n")[0]) or None

    def get_description(self) -> str:  # type: ignore[override]
        """Return the rest of it, and the right that is needed."""
        text = _translated(_docstring(self.view).partition("\n")[2].strip())
        if not self._is_ours():
            return text
        right = gettext("Right: `%(operation)s`") % {"operation": self.view.operation}
        return f"{text}\n\n{right}".strip()

    def get_request_serializer(self) -> Any:
        """Return the view's body."""
        if not self._is_ours():
            return super().get_request_serializer()
        return getattr(self.view, "request_class", None) or self.view.request_body

    def get_response_serializers(self) -> Any:
        """Return the answer, and a problem for every status the view may refuse with."""
        if not self._is_ours():
            return super().get_response_serializers()
        media_type = self.view.answer_media_type
        responses: dict[Any, OpenApiResponse] = {
            (status, media_type) if media_type else status: self._answer()
            for status in (self.view.success_status, *self.view.other_success_statuses)
        }
        for status, reasons in groupby(reasons_of(self.view), key=lambda reason: reason.status):
            responses[(status, PROBLEM_JSON)] = _problem_response(list(reasons))
        return responses

    def get_examples(self) -> list[OpenApiExample]:
        """Return the view's examples, named in the language of the moment."""
        if not self._is_ours():
            return super().get_examples()
        examples = [copy.copy(example) for example in self.view.examples]
        for example in examples:
            example.summary = gettext(example.name)
        return examples

    def get_override_parameters(self) -> list[Any]:
        """Return the query, the header that chooses the language, and the headers of every answer."""
        if not self._is_ours():
            return super().get_override_parameters()
        query = getattr(self.view, "query_class", None)
        return [*([query] if query else []), *_headers(self.view, self.method)]

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> Any:
        """Text is told to have no blanks at its ends."""
        described = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, TextField) and "pattern" not in described:
            described["pattern"] = r"^(\S(.*\S)?)?$" if field.allow_blank else r"^\S(.*\S)?$"
        return described

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        """The docstring is translated; strict objects are told to have no other names."""
        described = super()._map_basic_serializer(serializer, direction)
        if described.get("description"):
            described["description"] = gettext(described["description"])
        if isinstance(serializer, StrictSerializer):
            described["additionalProperties"] = False
        return described

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list is described as the page it is, not as an array."""
        return False if self._is_ours() else super()._is_list_view(serializer)

    def _is_ours(self) -> bool:
        return hasattr(self.view, "operation")

    def _answer(self) -> OpenApiResponse:
        answer = self.view.answer_class
        if answer is not None and hasattr(self.view, "query_class"):
            row = self.resolve_serializer(answer, "response").ref
            return OpenApiResponse(_page_of(row), description=gettext("One page."))
        return OpenApiResponse(answer or {"type": "object"}, description=gettext("Done."))


def _docstring(view: Any) -> str:
    return inspect.getdoc(type(view)) or ""


def _translated(text: str) -> str:
    return gettext(text) if text else ""


def _page_of(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["results", "next_cursor"],
        "properties": {
            "results": {"type": "array", "items": row},
            "next_cursor": {
                "type": ["string", "null"],
                "description": gettext("Ask for the next page with it."),
            },
        },
    }


def _problem_response(reasons: list[Reason]) -> OpenApiResponse:
    examples = [
        OpenApiExample(
            reason.code, value=problem_body(Refusal(reason), EXAMPLE_REQUEST_ID), media_type=PROBLEM_JSON
        )
        for reason in reasons
    ]
    description = "\n".join(f"- `{reason.code}`: {reason.title}" for reason in reasons)
    return OpenApiResponse(ProblemSerializer, description=description, examples=examples)


def _headers(view: Any, method: str) -> list[OpenApiParameter]:
    success = str(view.success_status)
    statuses = {
        success,
        *map(str, view.other_success_statuses),
        *(str(reason.status) for reason in reasons_of(view)),
    }
    signed = sorted(statuses - _NEVER_SIGNED)

    def answered(name: str, description: str, on: Any = True) -> OpenApiParameter:
        return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, response=on)

    headers = [
        OpenApiParameter(
            "Accept-Language",
            str,
            OpenApiParameter.HEADER,
            description=gettext("Language of titles and details: zh or en."),
        ),
        answered("Unipay-Request-Id", gettext("Quote it when you call us.")),
        *(answered(name, description, signed) for name, description in signature_headers()),
        answered("Retry-After", gettext("Seconds."), ["409", "429", "503"]),
        answered("WWW-Authenticate", gettext("The schemes we know."), ["401"]),
    ]
    if method == "POST":
        kept = [success, "404", "409", "422"]
        headers.append(answered("Idempotent-Replay", gettext("true when the answer was given before."), kept))
    return headers
