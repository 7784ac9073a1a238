"""The sandbox's start page: where everything is, and which numbers show which scenario."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from unipay.sandbox import by_itself
from unipay.sandbox.models import SandboxKey, SandboxSms
from unipay.sandbox.money_scenarios import MONEY_SCENARIOS
from unipay.sandbox.roster import BANKS
from unipay.sandbox.scenarios import SCENARIOS, Side, side_title
from unipay.sandbox.states import Role

EXAMPLE_SEGMENT = "1380571"
_SMS_SHOWN = 200


def start(request: HttpRequest) -> HttpResponse:
    """Show the links and the scenario table with an example number for each."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    scenarios = [
        {
            "ending": scenario.ending,
            "side": side_title(scenario.side, language=language),
            "title": scenario.title(language),
            "example": EXAMPLE_SEGMENT + scenario.ending,
            "is_asked": scenario.side is Side.PROVINCE,
            "is_money": scenario in MONEY_SCENARIOS,
        }
        for scenario in SCENARIOS
    ]
    context = {
        "banks": BANKS,
        "habits": by_itself.habits(),
        "scenarios": scenarios,
        "province_count": SandboxKey.objects.filter(role=Role.PROVINCE).count(),
        "unipay_url": settings.UNIPAY_PUBLIC_URL,
        "segment": EXAMPLE_SEGMENT,
    }
    return render(request, "sandbox/start.html", context)


@require_POST
def switch(request: HttpRequest, task: str, position: str) -> HttpResponse:
    """Let partners do something by themselves, or no longer."""
    if not by_itself.switch(task, on=position == "on"):
        raise Http404
    return redirect("sandbox:start")


def sms(request: HttpRequest) -> HttpResponse:
    """Show the newest SMS of all provinces, or of one number."""
    found = SandboxSms.objects.all()
    wanted = request.GET.get("msisdn", "").strip()
    if wanted:
        found = found.filter(msisdn=wanted[:11])
    return render(request, "sandbox/sms.html", {"sms": found[:_SMS_SHOWN], "wanted": wanted})


def language(request: HttpRequest, code: str) -> HttpResponse:
    """Switch the pages to a language and go back to the start page."""
    response = redirect("sandbox:start")
    if check_for_language(code):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, samesite="Lax")
    return response
