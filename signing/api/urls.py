"""The addresses of signing under /api/v1/."""

from django.urls import path

from signing.api.contracts import AmendmentsView, ContractsView, ContractView, TerminationView
from signing.api.number_events import NumberEventsView
from signing.api.signing_results import SigningResultsView
from signing.api.signing_sessions import SigningSessionsView, SigningSessionView
from signing.api.signings import SigningsView

urlpatterns = [
    path("signings", SigningsView.as_view(), name="signings"),
    path("signing-results", SigningResultsView.as_view(), name="signing-results"),
    path("signing-sessions", SigningSessionsView.as_view(), name="signing-sessions"),
    path("signing-sessions/<str:session_no>", SigningSessionView.as_view(), name="signing-session"),
    path("contracts", ContractsView.as_view(), name="contracts"),
    path("contracts/<str:contract_no>", ContractView.as_view(), name="contract"),
    path("contracts/<str:contract_no>/amendments", AmendmentsView.as_view(), name="contract-amendments"),
    path("contracts/<str:contract_no>/termination", TerminationView.as_view(), name="contract-termination"),
    path("number-events", NumberEventsView.as_view(), name="number-events"),
]
