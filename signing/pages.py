"""The pages a subscriber sees between the hall and the bank (domain.md A1): agreement, hand-over, outcome."""

import re
from datetime import datetime
from typing import Any

import pghistory
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from signing.consent_form import ConsentForm
from signing.errors import SESSION_OVER
from signing.flows import signing_session
from signing.flows.signing_session import HandOver
from signing.links import origin_of, result_link_for, way_back
from signing.models import SigningSession
from signing.outcome import Outcome, failure_in_words, outcome_of
from signing.page_language import language_of, remember
from signing.states import SessionState
from unipay import clock
from unipay.api.request_id import current_request_id
from unipay.errors import Refusal
from unipay.partners import queries as partners
from unipay.partners.models import Partner

MOST_LOOKS = 12
"""How often a page without JavaScript looks again before it says that the bank is late."""


_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def _session_of(token: str) -> SigningSession | None:
    """The session whose link carries the token."""
    if not _TOKEN.fullmatch(token):
        return None
    sessions = SigningSession.objects.select_related("hall", "bank", "contract__bank")
    return sessions.filter(link_token=token).first()


@method_decorator(never_cache, name="dispatch")
class SessionPage(View):
    """A page about one session, found by the token in its link; a link that leads nowhere gets a page of its own."""

    session: SigningSession

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the session, speak its language, and keep the page out of search engines."""
        session = _session_of(kwargs["token"])
        with translation.override(language_of(request, session)):
            if session is None:
                response: HttpResponseBase = self.unknown()
            else:
                self.session = session
                response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return remember(request, response)

    def unknown(self) -> HttpResponse:
        """Answer for a link that belongs to no session."""
        return render(self.request, "signing/gone.html", {"why": "UNKNOWN"}, status=404)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render a page with what every page says of the session."""
        about = {
            "session": self.session,
            "way_back": way_back(self.session),
            "hall": self.session.hall.title,
        }
        return render(self.request, f"signing/{template}.html", {**about, **context}, status=status)


class AgreementPage(SessionPage):
    """The agreement: read it, choose the bank, consent, and be handed over to the bank."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the agreement, or why this link does not open it any more."""
        return self.over(clock.now()) or self.agreement(ConsentForm(banks=self.banks()))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take the consent and hand over to the bank."""
        now = clock.now()
        form = ConsentForm(request.POST, banks=self.banks())
        if (over := self.over(now)) is not None:
            return over
        with pghistory.context(source="subscriber", operation="consent", request_id=current_request_id()):
            if signing_session.give_up_if_signed_meanwhile(token, now=now):
                return redirect("signing_pages:result", token)
            if not form.is_valid():
                return self.agreement(form, status=422)
            return self.consented(form, now)

    def consented(self, form: ConsentForm, now: datetime) -> HttpResponse:
        """Hand over to the bank, or say at the field why it can't be."""
        code, back = form.cleaned_data["bank_code"], result_link_for(self.session)
        try:
            leaving = signing_session.consent(
                self.session.link_token, bank_code=code, return_url=back, now=now
            )
        except Refusal as refusal:
            if refusal.reason == SESSION_OVER:
                return redirect("signing_pages:agreement", self.session.link_token)
            form.add_error("bank_code", str(refusal.reason.title))
            return self.agreement(form, status=409)
        return self.hand_over(leaving, next(bank for bank in form.banks if bank.code == code))

    def hand_over(self, leaving: HandOver, bank: Partner) -> HttpResponse:
        """The form that leaves for the bank; this page alone may send a form there."""
        response = self.show("hand_over", leaving=leaving, bank=bank.title)
        response._csp_update = {"form-action": [origin_of(leaving.url)]}  # type: ignore[attr-defined]
        return response

    def agreement(self, form: ConsentForm, *, status: int = 200) -> HttpResponse:
        """Show the agreement with the form as it stands."""
        bank = self.session.bank
        text = f"signing/agreement_text/{translation.get_language()}.html"
        return self.show("agreement", form=form, bank=bank and bank.title, text=text, status=status)

    def banks(self) -> list[Partner]:
        """The banks to sign with now: the one chosen at the hall, or all that are open and have a page."""
        banks = partners.open_banks(clock.now()).exclude(signing_page_url="")
        return list(banks.filter(pk=self.session.bank_id) if self.session.bank_id else banks)

    def over(self, now: datetime) -> HttpResponse | None:
        """The page that says the link is used up or ran out; None while the agreement may be shown."""
        session = self.session
        if session.state in (SessionState.COMPLETED, SessionState.FAILED):
            return self.show("gone", why="USED", status=409)
        if session.state == SessionState.EXPIRED or session.expires_at <= now:
            return self.ran_out()
        return None

    def ran_out(self) -> HttpResponse:
        """Too late to consent; who is at the bank already is shown what is known of it."""
        if self.session.state == SessionState.AT_BANK:
            return redirect("signing_pages:result", self.session.link_token)
        return self.show("gone", why="EXPIRED", status=410)


@method_decorator(csrf_exempt, name="dispatch")
class ResultPage(SessionPage):
    """The way back from the bank: what became of the signing, as far as anybody knows."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the outcome; while the bank has not told us, the page looks again by itself."""
        outcome = outcome_of(self.session)
        if outcome == Outcome.NOT_BEGUN:
            return redirect("signing_pages:agreement", token)
        looked = request.GET.get("looked", "")
        looks = int(looked) if looked.isascii() and looked.isdigit() and len(looked) < 4 else 0
        return self.show(
            "result",
            outcome=outcome.value,
            contract=self.session.contract,
            bank=self.session.bank and self.session.bank.title,
            failure=failure_in_words(self.session.failure_code),
            looks=looks + 1,
            is_late=looks >= MOST_LOOKS,
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Some banks send the browser back with a form; what it says counts for nothing, only their notice does."""
        return redirect("signing_pages:result", token)


class StatusPage(SessionPage):
    """The outcome in one word, for the result page to look at while it waits."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Return {"outcome": …}."""
        return JsonResponse({"outcome": outcome_of(self.session).value})

    def unknown(self) -> HttpResponse:
        """Answer for a link that belongs to no session."""
        return JsonResponse({"outcome": ""}, status=404)


def cookie_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell a subscriber whose form came without its CSRF token why; staff get Django's page (CSRF_FAILURE_VIEW)."""
    if request.resolver_match is None or request.resolver_match.app_name != "signing_pages":
        return csrf_failure(request, reason)
    with translation.override(language_of(request, None)):
        return render(request, "signing/gone.html", {"why": "FORGED"}, status=403)
