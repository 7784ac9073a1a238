"""The addresses under /api/ that belong to no one app."""

from django.urls import URLPattern, path

from unipay.api import docs
from unipay.api.request_status import RequestStatusView

urlpatterns: list[URLPattern] = [
    path("v1/requests/<str:request_no>", RequestStatusView.as_view(), name="request-status"),
    path("schema/", docs.openapi_document, name="schema"),
    path("docs/", docs.docs_page, name="docs"),
    path("docs/errors", docs.error_codes, name="docs-errors"),
    path("docs/public-keys", docs.public_keys, name="docs-public-keys"),
    path("docs/public-keys/<str:key_id>.pem", docs.public_key, name="docs-public-key"),
    *[
        path(f"docs/{name}", docs.example_file, {"name": name}, name=f"docs-{name.partition('.')[0]}")
        for name in docs.FILES
    ],
]
