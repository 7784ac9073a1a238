"""The addresses of the test endpoints, beside those every installation has."""

from django.contrib import admin
from django.urls import include, path

from tests.unipay.api import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/banks", views.BanksView.as_view()),
    path("api/v1/asked-banks", views.AskedBanksView.as_view()),
    path("api/v1/all-banks", views.BankListView.as_view()),
    path("api/v1/banks/<str:code>", views.BankView.as_view()),
    path("api/", include("unipay.api.urls")),
]
