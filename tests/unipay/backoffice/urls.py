"""The back office, and one address that is not of it."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from unipay.partners.models import Partner


def rename_all(request: HttpRequest) -> HttpResponse:
    Partner.objects.update(name="renamed")
    return HttpResponse()


urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("elsewhere", rename_all),
]
