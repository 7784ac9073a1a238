"""Every address of Unipay on one page."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path

from billing.api import urls as billing_api
from signing.api import urls as signing_api
from unipay import health
from unipay.exchange.api import urls as exchange_api


def front_door(request: HttpRequest) -> HttpResponse:
    """People who come to the bare address are shown the back office, or the sandbox's start page where there is one."""
    return redirect("/sandbox/" if settings.UNIPAY_SANDBOX else "admin:index")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", front_door, name="front-door"),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("unipay.api.urls")),
    path("api/v1/", include(signing_api)),
    path("api/v1/", include(billing_api)),
    path("api/v1/", include(exchange_api)),
    path("pay/signing/", include("signing.page_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
if settings.UNIPAY_SANDBOX:
    urlpatterns.append(path("sandbox/", include("unipay.sandbox.urls")))
