"""The payment web's addresses of signing: what a subscriber's link opens."""

from django.urls import path

from signing import pages

app_name = "signing_pages"

urlpatterns = [
    path("<str:token>/", pages.AgreementPage.as_view(), name="agreement"),
    path("<str:token>/result", pages.ResultPage.as_view(), name="result"),
    path("<str:token>/status", pages.StatusPage.as_view(), name="status"),
]
