"""The whole OpenAPI document: the endpoints, what we send to partners, and the guide in front."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import process_webhooks
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiRequest,
    OpenApiResponse,
    OpenApiWebhook,
    extend_schema,
)

from unipay.api.guide import guide
from unipay.api.outbound import OutboundCall, described_calls
from unipay.api.schema import signature_headers

OPENAPI_VERSION = "3.1.1"
PREFIX = "/api/v1/"


class PartnerSchemaGenerator(SchemaGenerator):
    """Describes the partner API and nothing else that happens to be a REST view."""

    def _initialise_endpoints(self) -> None:
        super()._initialise_endpoints()
        self.endpoints = [endpoint for endpoint in self.endpoints or () if endpoint[0].startswith(PREFIX)]

    def parse(self, input_request: Any, public: bool) -> Any:
        """Describe the endpoints, and our own calls while components can still be registered."""
        paths = super().parse(input_request, public)
        self.webhooks = process_webhooks([_webhook(call) for call in described_calls()], self.registry)
        _carry_signatures(self.webhooks)
        return paths

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """Return the document in the language of the moment."""
        with patched_settings({"OAS_VERSION": OPENAPI_VERSION, "POSTPROCESSING_HOOKS": []}):
            document = super().get_schema(request, public)
        document["info"] |= {"title": "Unipay", "version": "1", "description": guide()}
        document["servers"] = [{"url": settings.UNIPAY_PUBLIC_URL}]
        if self.webhooks:
            document["webhooks"] = self.webhooks
        return _without_marks(document)


def document() -> dict[str, Any]:
    """Return the document, made once for each language."""
    return _document(get_language() or settings.LANGUAGE_CODE, settings.ROOT_URLCONF)


@lru_cache(maxsize=8)
def _document(_language: str, _urlconf: str) -> dict[str, Any]:
    return dict(PartnerSchemaGenerator().get_schema(public=True))


def _without_marks(described: Any) -> Any:
    """Enumerations stay where they are used, so the marks for naming them apart say nothing to a reader."""
    if isinstance(described, dict):
        return {name: _without_marks(inner) for name, inner in described.items() if name != "x-spec-enum-id"}
    return [_without_marks(inner) for inner in described] if isinstance(described, list) else described


def _webhook(call: OutboundCall) -> OpenApiWebhook:
    decorator = extend_schema(
        operation_id=call.name,
        summary=str(call.summary),
        description=gettext("POST {base address}%(path)s, to: %(to)s")
        % {"path": call.path, "to": call.receivers},
        tags=[gettext("what we send")],
        request=OpenApiRequest(call.content, examples=_examples(call.name, call.example)),
        responses={200: _answer_to(call)},
    )
    return OpenApiWebhook(name=call.name, decorator=decorator)


def _answer_to(call: OutboundCall) -> OpenApiResponse:
    if call.answer is None:
        return OpenApiResponse(None, description=gettext("Acknowledged, by any 2xx."))
    text = gettext("Your answer, signed with the same four headers.")
    return OpenApiResponse(call.answer, description=text, examples=_examples(call.name, call.answer_example))


def _examples(name: str, value: dict[str, Any] | None) -> list[OpenApiExample]:
    return [OpenApiExample(name, value=value)] if value else []


def _carry_signatures(webhooks: dict[str, Any]) -> None:
    """Say which headers a call of ours carries, which drf-spectacular leaves out."""
    for call in described_calls():
        headers = signature_headers()
        if call.answer is None:
            headers.append(("Unipay-Event-Id", gettext("The event_id of the body.")))
        webhooks[call.name]["post"]["parameters"] = [
            {
                "in": "header",
                "name": name,
                "required": True,
                "schema": {"type": "string"},
                "description": description,
            }
            for name, description in headers
        ]
