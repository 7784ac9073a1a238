"""The documentation partners read: page, OpenAPI document, error codes, client, our public keys. Open to everybody."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from unipay import clock, signatures
from unipay.api.documented_reasons import published_reasons
from unipay.api.guide import meanings
from unipay.api.schema_document import document
from unipay.api.worked_example import EXAMPLES
from unipay.partners.keys import own_key
from unipay.partners.kinds import KeyAlgorithm
from unipay.partners.models import OwnKey

FILES = {"unipay_client.py": "text/x-python; charset=utf-8", "example.pem": "application/x-pem-file"}


def language_of(request: HttpRequest) -> str:
    """Return the language asked for with ?lang=, else the one of the moment."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE


@require_safe
def docs_page(request: HttpRequest) -> HttpResponse:
    """The guide and every endpoint, on one page that works offline."""
    language = language_of(request)
    with override(language):
        return render(request, "api/docs.html", {"language": language})


@require_safe
def openapi_document(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document, as JSON."""
    with override(language_of(request)):
        return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@require_safe
def error_codes(request: HttpRequest) -> HttpResponse:
    """Every error code in both languages; the `type` of a problem leads here."""
    reasons = [(reason, *meanings(reason)) for reason in published_reasons()]
    return render(request, "api/errors.html", {"reasons": reasons})


@require_safe
def example_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The client in one file, or the key of the worked example."""
    return FileResponse((EXAMPLES / name).open("rb"), content_type=FILES[name], filename=name)


@require_safe
def public_keys(request: HttpRequest) -> JsonResponse:
    """Our public keys that count, newest first; the first of each algorithm is made when it is first wanted."""
    for algorithm in KeyAlgorithm.values:
        own_key(algorithm, clock.now())
    keys = OwnKey.objects.filter(retired_at=None).order_by("-id")
    return JsonResponse({"keys": [_public_facts(key) for key in keys]})


@require_safe
def public_key(request: HttpRequest, key_id: str) -> HttpResponse:
    """One of our public keys, as PEM; also a retired one, for what it signed."""
    key = get_object_or_404(OwnKey, key_id=key_id)
    return HttpResponse(key.public_key, content_type="application/x-pem-file")


def _public_facts(key: OwnKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "algorithm": key.algorithm,
        "fingerprint": signatures.fingerprint(key.public_key),
        "public_key": key.public_key,
        "created_at": clock.rfc3339(key.created_at),
    }
