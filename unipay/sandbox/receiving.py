"""The simulated partners' doors to Unipay: each call is checked, noted, answered as the scenario has it, and
the answer is signed with the partner's own key."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View

from unipay.sandbox import messages, seals
from unipay.sandbox.conduct import Said, said_under
from unipay.sandbox.models import SandboxKey
from unipay.sandbox.scenarios import LAND_RECHARGES, Side, scenario_in
from unipay.sandbox.states import Role, Verdict

pause = time.sleep

Effect = Callable[[str, dict[str, Any]], Said]


@dataclass(frozen=True)
class Door:
    """One operation of one kind of partner and the function that carries it out."""

    role: Role
    operation: str
    effect: Effect


class ReceivingView(View):
    """Receives one operation; csrf-exempt, as its proof of origin is Unipay's signature."""

    door: Door = Door(Role.PROVINCE, "", lambda code, content: Said())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Answer a call of Unipay's; 401 when it is not provably Unipay's, 400 when it cannot be read."""
        key = get_object_or_404(SandboxKey, partner_code=code, role=self.door.role)
        verdict = seals.verdict_on(request.headers, request.body)
        content = _read(request.body)
        if content is None:
            return JsonResponse({"result_code": "9400"}, status=400)
        said = self._answered(key.partner_code, content, verdict=verdict)
        if said.delay_seconds:
            pause(said.delay_seconds)
        return _signed(key, said)

    def _answered(self, code: str, content: dict[str, Any], *, verdict: Verdict) -> Said:
        door, event_id = self.door, messages.event_id_of(content)
        before = messages.answered_before(code, event_id)
        noted = messages.note_received(
            code, door.operation, content=content, verdict=verdict, is_repeat=before is not None
        )
        if verdict is not Verdict.GENUINE:
            said = Said(status=401, body={"result_code": "9401"})
        elif before is not None:
            said = Said(body=before.answer)
        else:
            scenario = scenario_in(door.operation, msisdn=noted.msisdn, side=Side(door.role))
            times = _times(code, door.operation, event_id=event_id, msisdn=noted.msisdn)
            said = said_under(scenario, ordinary=lambda: door.effect(code, content), times=times)
        noted.status, noted.answer = said.status, messages.masked(said.body)
        noted.save(update_fields=["status", "answer"])
        return said


def _times(code: str, operation: str, *, event_id: str, msisdn: str) -> int:
    """Landings are asked for directly and by message: both count. Other messages count by their event."""
    if operation == LAND_RECHARGES or not event_id:
        return messages.times_received(code, "", operation=operation, msisdn=msisdn)
    return messages.times_received(code, event_id)


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _signed(key: SandboxKey, said: Said) -> HttpResponse:
    body = b"" if said.body is None else seals.encoded(said.body)
    headers = seals.answer_headers(key, body, is_right=said.is_rightly_signed)
    return HttpResponse(body, status=said.status, content_type="application/json", headers=headers)
