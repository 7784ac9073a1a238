"""What was agreed with the simulated banks about money: ways of debiting, days, terms, and the roads of their files
(domain.md C2 to C6)."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from billing.models import Arrangement, SettlementTerms
from billing.states import DebitWay
from unipay.exchange.models import Cipher, Directory, DirectoryUse, EnvelopeKey
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner, PartnerPermission, ResultCode
from unipay.sandbox import bank_layouts, file_roads
from unipay.sandbox.roster import BANKS

KEY_ID = "sandbox1"
HAND_BANKS = ("SXRCB", "WZRCB", "TZRCB", "JXCARD", "HUCARD")
"""Their files are brought by hand: they have no line to us."""

_SM4_BYTES = 16
_OFFLINE: dict[str, Any] = {
    "settles_at_export": True,
    "allows_partial": False,
    "approve_above_fen": 100_000_00,
    "days_to_answer": 5,
}
_BY_ITSELF = {"approve_above_fen": 1_000_000_00}

ARRANGEMENTS: tuple[tuple[str, DebitWay, dict[str, Any]], ...] = (
    ("ICBC", DebitWay.BATCH_DEBIT, _BY_ITSELF),
    ("ICBC", DebitWay.COLLECTION, _BY_ITSELF),
    ("CCB", DebitWay.BATCH_DEBIT, {"approve_above_fen": 0}),
    ("SPDB", DebitWay.HEAD_OFFICE, _BY_ITSELF),
    ("SXRCB", DebitWay.OFFLINE, {**_OFFLINE, "answers_failures_only": True}),
    ("WZRCB", DebitWay.OFFLINE, {**_OFFLINE, "answers_failures_only": True}),
    ("TZRCB", DebitWay.OFFLINE, _OFFLINE),
    ("JXCARD", DebitWay.ONE_CARD, {**_BY_ITSELF, "runs_by_itself": False, "days": [10, 20]}),
    ("HUCARD", DebitWay.ONE_CARD, {**_BY_ITSELF, "runs_by_itself": False, "days": [10, 20]}),
    ("NBCARD", DebitWay.ONE_CARD, _BY_ITSELF),
)
TERMS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ICBC", "", {"fee_basis_points": 10, "fee_cap_fen": 5000}),
    ("CCB", "", {"fee_basis_points": 12}),
    ("SPDB", "", {"fee_basis_points": 15}),
    ("SPDB_WEB", "SPDB", {"fee_basis_points": 30, "fee_floor_fen": 1, "fee_cap_fen": 2000}),
    ("MOBILEPAY", "", {"fee_basis_points": 60, "settles_after_days": 3, "reversal_until": time(22)}),
)


def arrange(*, now: datetime) -> None:
    """Agree with every simulated bank that is connected; what somebody has changed since stays as it is."""
    known = {bank.code: bank for bank in Partner.objects.filter(code__in=[bank.code for bank in BANKS])}
    for code, way, agreed in ARRANGEMENTS:
        if code in known:
            Arrangement.objects.get_or_create(bank=known[code], way=way, defaults=agreed)
    for code, settles_with, terms in TERMS:
        if code in known:
            agreed_terms = {**terms, "settles_with": known.get(settles_with)}
            SettlementTerms.objects.get_or_create(bank=known[code], defaults=agreed_terms)
    by_hand = PartnerPermission.objects.filter(partner__code__in=HAND_BANKS, operation__startswith="files.")
    by_hand.delete()
    bank_layouts.ship(known)
    _map_codes(known)
    for bank in BANKS:
        if bank.uses_directory and bank.code in known:
            _share_directory(known[bank.code], now=now)


def _map_codes(banks: Mapping[str, Partner]) -> None:
    """Some banks have result codes of their own: each means what the usual one does."""
    usual = ResultCode.objects.filter(kind=PartnerKind.BANK, partner=None, operation__in=("", "debit"))
    meanings = {row.code: row for row in usual.order_by("operation")}
    for simulated in (bank for bank in BANKS if bank.own_codes and bank.code in banks):
        for code, own in simulated.own_codes.items():
            ResultCode.objects.get_or_create(
                kind=PartnerKind.BANK,
                partner=banks[simulated.code],
                operation="debit",
                code=own,
                defaults={
                    "reason_code": meanings[code].reason_code,
                    "finality": meanings[code].finality,
                    "remark": meanings[code].remark,
                },
            )


def _share_directory(bank: Partner, *, now: datetime) -> None:
    for use, way in (
        (DirectoryUse.DELIVER, file_roads.OUTGOING),
        (DirectoryUse.PICK_UP, file_roads.INCOMING),
    ):
        place = file_roads.folder(bank.code, way)
        place.mkdir(parents=True, exist_ok=True)
        Directory.objects.get_or_create(partner=bank, use=use, address=f"file://{place}", kind="")
    if not EnvelopeKey.objects.filter(partner=bank, cipher=Cipher.SM4_GCM).exists():
        material = base64.b64encode(secrets.token_bytes(_SM4_BYTES)).decode()
        EnvelopeKey.objects.create(
            partner=bank, key_id=KEY_ID, cipher=Cipher.SM4_GCM, material=material, valid_from=now
        )
