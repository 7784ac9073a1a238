"""Connecting the simulated partners to Unipay, the way real ones are: each makes a key pair, is onboarded with
the public half, and is given Unipay's public key."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from unipay import signatures
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import OwnKey, Partner
from unipay.partners.onboarding import Application, OfferedKey, onboard
from unipay.sandbox import unipay_keys
from unipay.sandbox.models import SandboxKey
from unipay.sandbox.roster import BANKS, HALL, SimulatedBank
from unipay.sandbox.states import Role
from unipay.signatures import Algorithm, KeyPair

KEY_ID = "sandbox1"

_PATHS = {Role.BANK: "banks", Role.PROVINCE: "provinces", Role.HALL: "halls"}


@dataclass(frozen=True)
class Player:
    """One partner the sandbox is to play."""

    code: str
    role: Role
    name: str
    name_en: str
    algorithm: Algorithm = Algorithm.RSA_SHA256
    bank: SimulatedBank | None = None

    @property
    def base_url(self) -> str:
        """Where Unipay reaches the partner."""
        return f"{settings.UNIPAY_SANDBOX_URL}/sandbox/{_PATHS[self.role]}/{self.code}"


def players() -> list[Player]:
    """Return everybody the sandbox plays: its banks, its hall, and every province Unipay knows."""
    banks = [
        Player(bank.code, Role.BANK, bank.name, bank.name_en, algorithm=bank.algorithm, bank=bank)
        for bank in BANKS
    ]
    provinces = [
        Player(province.code, Role.PROVINCE, province.name, province.name_en)
        for province in Partner.objects.filter(kind=PartnerKind.PROVINCE).order_by("id")
    ]
    return [*banks, Player(HALL.code, Role.HALL, HALL.name, HALL.name_en), *provinces]


def make_keys(wanted: list[Player]) -> Iterator[SandboxKey]:
    """Make the private keys that are missing and yield every player's key as it is ready."""
    known = {key.partner_code: key for key in SandboxKey.objects.all()}
    missing = [player for player in wanted if player.code not in known]
    with ThreadPoolExecutor() as pool:
        pairs = pool.map(lambda player: signatures.generate(player.algorithm), missing)
        yield from (known[player.code] for player in wanted if player.code in known)
        for player, pair in zip(missing, pairs, strict=True):
            yield _keep_key(player, pair)


def connect(player: Player, key: SandboxKey, *, now: datetime) -> OwnKey:
    """Onboard the player with its public key and lead Unipay to where the sandbox listens; harmless when repeated."""
    bank = player.bank
    onboarded = onboard(
        Application(
            code=player.code,
            kind=PartnerKind(player.role.value),
            name=player.name,
            name_en=player.name_en,
            legal_bank=bank.legal_code or None if bank else None,
            is_virtual=bank.is_virtual if bank else None,
            notifies_hall=bank.notifies_hall if bank else None,
        ),
        OfferedKey(key_id=key.key_id, algorithm=key.algorithm, public_pem=key.public_key),
        now=now,
    )
    _lead_to_sandbox(player, onboarded.partner)
    return onboarded.own_key


def hand_out(own_key: OwnKey) -> None:
    """Give the simulated partners a public key of Unipay's."""
    unipay_keys.keep(own_key.key_id, algorithm=own_key.algorithm, public_key=own_key.public_key)


def _keep_key(player: Player, pair: KeyPair) -> SandboxKey:
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


def _lead_to_sandbox(player: Player, partner: Partner) -> None:
    """The sandbox may listen elsewhere than at its last start; a person would change the addresses in the admin."""
    shows_page = player.bank is not None and player.bank.signs and not player.bank.is_virtual
    page = f"{player.base_url}/signing/" if shows_page else ""
    confirms_by_notice = player.bank.confirms_by_notice if player.bank else False
    led = (partner.base_url, partner.signing_page_url, partner.confirms_by_notice)
    if led == (player.base_url, page, confirms_by_notice):
        return
    partner.base_url, partner.signing_page_url = player.base_url, page
    partner.confirms_by_notice = confirms_by_notice
    partner.save(update_fields=["base_url", "signing_page_url", "confirms_by_notice"])
