"""The town of the stories: Unipay on a real HTTP server, and simulated partners that speak the wire."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from signing.models import Contract, ManualCase, SigningTransaction
from tests.factories import LONG_AGO, key_pair
from unipay import clock
from unipay.messaging import claims, delivery
from unipay.messaging.models import OutboundMessage
from unipay.partners import reference
from unipay.partners.models import Partner
from unipay.sandbox import onboarding
from unipay.sandbox.models import SandboxContract, SandboxKey, SandboxSms
from unipay.sandbox.onboarding import KEY_ID, Player
from unipay.sandbox.states import Role

PLAYERS = ("ICBC", "ABC", "BOC", "CCB", "HALL", "ZJ", "JS")


@dataclass
class Town:
    """What a story looks at: the books of Unipay and of its partners, and the delivery of what was promised."""

    url: str

    def deliver(self, at: Callable[[], datetime] = clock.now) -> None:
        """Deliver everything that is due, as a worker would."""
        while due := claims.partners_with_due_messages(now=at()):
            for partner_id in due:
                delivery.deliver_due(partner_id=partner_id, clock=at)

    def contract(self, **named: Any) -> Contract:
        """The one contract of that description."""
        return Contract.objects.select_related("bank", "province").get(**named)

    def case(self, **named: Any) -> ManualCase:
        """The one case of that description."""
        return ManualCase.objects.select_related("standing", "contested").get(**named)

    def journal(self, msisdn: str) -> list[tuple[str, str]]:
        """What happened to the number's contracts: bank and kind, in order."""
        lines = SigningTransaction.objects.filter(msisdn=msisdn).order_by("id")
        return list(lines.values_list("bank__code", "kind"))

    def book(self, code: str, msisdn: str) -> list[tuple[str, str]]:
        """A partner's own book about a number: contract number and state."""
        rows = SandboxContract.objects.filter(partner_code=code, msisdn=msisdn).order_by("id")
        return list(rows.values_list("contract_no", "state"))

    def province_book(self, code: str, msisdn: str) -> list[tuple[str, str]]:
        """A province's own book about a number."""
        rows = SandboxContract.objects.filter(partner_code=code, role=Role.PROVINCE, msisdn=msisdn)
        return list(rows.order_by("id").values_list("contract_no", "state"))

    def sms(self, msisdn: str) -> list[str]:
        """The short messages the subscriber got."""
        return list(SandboxSms.objects.filter(msisdn=msisdn).order_by("id").values_list("text", flat=True))

    def messages(self, msisdn: str) -> list[tuple[str, str, str]]:
        """What we promised about a number: to whom, of which kind, and its state."""
        promised = OutboundMessage.objects.filter(msisdn=msisdn).order_by("id")
        return list(promised.values_list("partner__code", "kind", "state"))

    def partner(self, code: str) -> Partner:
        """The partner of that code."""
        return Partner.objects.get(code=code)


@pytest.fixture
def town(live_server: Any, settings: Any) -> Town:
    """A town with four banks, two provinces and a hall, all reached over HTTP."""
    settings.UNIPAY_PUBLIC_URL = settings.UNIPAY_SANDBOX_URL = live_server.url
    reference.load_provinces()
    reference.load_segments()
    reference.load_result_codes()
    wanted = [player for player in onboarding.players() if player.code in PLAYERS]
    for player in wanted:
        onboarding.hand_out(onboarding.connect(player, _key_of(player), now=LONG_AGO))
    Partner.objects.filter(code__in=PLAYERS).update(read_timeout_ms=1500, connect_timeout_ms=500)
    return Town(live_server.url)


def _key_of(player: Player) -> SandboxKey:
    pair = key_pair(f"{player.code}/{KEY_ID}", str(player.algorithm))
    return SandboxKey.objects.create(
        partner_code=player.code,
        role=player.role,
        name=player.name,
        name_en=player.name_en,
        key_id=KEY_ID,
        algorithm=player.algorithm,
        private_key=pair.private_pem,
        public_key=pair.public_pem,
    )
