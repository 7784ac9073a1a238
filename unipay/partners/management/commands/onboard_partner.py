"""`manage.py onboard_partner`: the documented way a bank, province, hall, agent or provider is connected."""

import re
from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser

from unipay import clock, signatures
from unipay.errors import Refusal
from unipay.partners.kinds import KeyAlgorithm, PartnerKind
from unipay.partners.onboarding import Application, OfferedKey, Onboarded, onboard

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_ABOUT_THE_PARTNER = (
    "name",
    "name_en",
    "base_url",
    "signing_page_url",
    "legal_bank",
    "serves",
    "is_virtual",
    "notifies_hall",
)


class Command(BaseCommand):
    """Connects a partner, or gives a connected one its second key."""

    help = "Connect a partner by its public key and print the key of ours it checks our signatures with."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the partner says of itself, and its key."""
        kinds = [kind.lower() for kind in PartnerKind.values]
        parser.add_argument("code", help="the partner's code, e.g. ICBC")
        parser.add_argument("--kind", required=True, choices=kinds)
        parser.add_argument(
            "--public-key", required=True, type=Path, metavar="FILE", help="PEM, BEGIN PUBLIC KEY"
        )
        parser.add_argument(
            "--algorithm",
            choices=KeyAlgorithm.values,
            default=KeyAlgorithm.RSA_SHA256.value,
            help="what the key signs with (default: %(default)s)",
        )
        parser.add_argument("--key-id", default="k1", help="the name the partner gives its key (default: k1)")
        parser.add_argument("--name", help="required for a new partner")
        parser.add_argument("--name-en")
        parser.add_argument("--base-url", help="our calls append their path to it")
        parser.add_argument("--signing-page-url", help="where a bank signs the hall's subscribers")
        parser.add_argument("--legal-bank", metavar="CODE", help="the bank in law behind a bank's code")
        parser.add_argument(
            "--virtual", dest="is_virtual", action="store_true", default=None, help="no real bank"
        )
        parser.add_argument("--serves", metavar="PROVINCE", help="the one province a hall or agent works for")
        parser.add_argument(
            "--notifies-hall", action=BooleanOptionalAction, help="the bank tells the hall itself"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Onboard and print what the partner needs to know."""
        about = {name: options[name] for name in _ABOUT_THE_PARTNER}
        application = Application(code=options["code"], kind=options["kind"].upper(), **about)
        try:
            with pghistory.context(command="onboard_partner"):
                onboarded = onboard(application, _offered_key(options), now=clock.now())
        except Refusal as refusal:
            raise CommandError(
                f"{refusal.reason.code}: {refusal.reason.title} {refusal.detail}".strip()
            ) from refusal
        self._report(onboarded)

    def _report(self, onboarded: Onboarded) -> None:
        key, ours = onboarded.key, onboarded.own_key
        self.stdout.write(f"partner     {onboarded.partner}{' (new)' if onboarded.is_new else ''}")
        self.stdout.write(f"key id      {key.key_id}  ({key.algorithm}, slot {key.slot})")
        self.stdout.write(f"fingerprint {key.fingerprint}")
        self.stdout.write(f"our key id  {ours.key_id}")
        self.stdout.write(f"fingerprint {signatures.fingerprint(ours.public_key)}")
        self.stdout.write(ours.public_key)


def _offered_key(options: dict[str, Any]) -> OfferedKey:
    if not _KEY_ID.fullmatch(options["key_id"]):
        raise CommandError("--key-id must be 1 to 32 of A-Z a-z 0-9 _ -")
    path: Path = options["public_key"]
    try:
        public_pem = path.read_text(encoding="ascii")
    except OSError as error:
        raise CommandError(f"--public-key: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"--public-key: {path} is not a PEM file") from error
    return OfferedKey(key_id=options["key_id"], algorithm=options["algorithm"], public_pem=public_pem)
