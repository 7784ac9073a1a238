"""The file formats of the simulated banks that have their own: "one format per bank and city" (domain.md C4, C5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation

from billing.kinds import BANK_MANDATES, REQUESTS, RETURNS
from billing.states import DebitWay
from unipay.exchange.kinds import kind_named
from unipay.exchange.models import (
    Align,
    AmountUnit,
    Cipher,
    Encoding,
    FileLayout,
    LayoutColumn,
    LayoutState,
    LineEnding,
    Section,
    Shape,
)
from unipay.partners.models import Partner

_IN_FORCE_FROM = date(2020, 1, 1)
_DAY = "%Y%m%d"
_MONEY_WIDTH = 12

_LINE = ("item_no", "account_number", "holder_name", "asked_fen")
_REQUEST = (*_LINE, "agreement_no", "billing_month", "batch_no", "bank_contract_no")
_CARD_LINE = (*_LINE, "msisdn", "billing_month", "batch_no", "bank_contract_no")
_RETURN = ("item_no", "result_code", "debited_fen", "reason_text", "batch_no")
_MANDATES = (
    "change",
    "mandate_no",
    "agreement_no",
    "msisdn",
    "account_number",
    "holder_name",
    "signed_at",
)
_HEADER, _TRAILER = ("business_date", "partner_code"), ("row_count", "total_fen")
_WIDTHS = {
    "item_no": 17,
    "account_number": 19,
    "holder_name": 20,
    "asked_fen": _MONEY_WIDTH,
    "debited_fen": _MONEY_WIDTH,
    "total_fen": 16,
    "agreement_no": 12,
    "bank_contract_no": 24,
    "billing_month": 8,
    "batch_no": 24,
    "result_code": 4,
    "reason_text": 30,
    "business_date": 8,
    "partner_code": 8,
    "row_count": 8,
}


@dataclass(frozen=True)
class OwnFormat:
    """How one bank wants one kind of file: settings of the layout, and of its columns."""

    bank: str
    kind: str
    fields: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    column: dict[str, Any] = field(default_factory=dict)
    trailer: tuple[str, ...] = _TRAILER


_FIXED = {"encoding": Encoding.GBK, "shape": Shape.FIXED, "line_ending": LineEnding.CRLF}
_COMMAS = {"encoding": Encoding.GBK, "delimiter": ",", "line_ending": LineEnding.CRLF}
_SEALED = {"cipher": Cipher.SM4_GCM}
_YUAN = {"unit": AmountUnit.YUAN, "date_format": _DAY}
_OFFLINE_REQUEST, _OFFLINE_RETURN = REQUESTS[DebitWay.OFFLINE], RETURNS[DebitWay.OFFLINE]
_CARD_REQUEST, _CARD_RETURN = REQUESTS[DebitWay.ONE_CARD], RETURNS[DebitWay.ONE_CARD]

OWN_FORMATS = (
    OwnFormat("SXRCB", _OFFLINE_REQUEST, _REQUEST, _FIXED, {"date_format": _DAY}),
    OwnFormat("SXRCB", _OFFLINE_RETURN, _RETURN, _FIXED, {"date_format": _DAY}),
    OwnFormat("WZRCB", _OFFLINE_REQUEST, _REQUEST, _COMMAS, _YUAN),
    OwnFormat("WZRCB", _OFFLINE_RETURN, _RETURN, _COMMAS, _YUAN),
    OwnFormat("NBCARD", _CARD_REQUEST, _CARD_LINE, _SEALED),
    OwnFormat("NBCARD", _CARD_RETURN, _RETURN, _SEALED),
    OwnFormat("NBCARD", BANK_MANDATES, _MANDATES, _SEALED, trailer=("row_count",)),
)


def ship(banks: Mapping[str, Partner]) -> None:
    """Publish the formats of these banks, by code, that are not there yet."""
    for own in OWN_FORMATS:
        bank = banks.get(own.bank)
        if bank is not None and not FileLayout.objects.filter(partner=bank, kind=own.kind).exists():
            _publish(own, bank)


def _publish(own: OwnFormat, bank: Partner) -> None:
    is_fixed = own.settings.get("shape") == Shape.FIXED
    marks = {} if is_fixed else {"header_mark": "H", "detail_mark": "D", "trailer_mark": "T"}
    layout = FileLayout.objects.create(
        code=f"{own.bank.lower()}_{own.kind}",
        title=_title(own, bank),
        kind=own.kind,
        partner=bank,
        state=LayoutState.PUBLISHED,
        effective_from=_IN_FORCE_FROM,
        file_name_pattern="{kind}_{partner}_{business_date:%Y%m%d}_{sequence}.txt",
        **{**marks, **own.settings},
    )
    LayoutColumn.objects.bulk_create(_columns(own, layout, is_fixed=is_fixed))


def _title(own: OwnFormat, bank: Partner) -> str:
    """Data has one language: that of the bank's name."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{bank.name} {kind_named(own.kind).title}"


def _columns(own: OwnFormat, layout: FileLayout, *, is_fixed: bool) -> Iterator[LayoutColumn]:
    sections = ((Section.HEADER, _HEADER), (Section.DETAIL, own.fields), (Section.TRAILER, own.trailer))
    for section, names in sections:
        for position, name in enumerate(names, start=1):
            yield LayoutColumn(
                layout=layout,
                section=section,
                position=position,
                field=name,
                **own.column,
                **(_placed(name) if is_fixed else {}),
            )


def _placed(name: str) -> dict[str, Any]:
    width = {"width": _WIDTHS[name]}
    is_figure = name.endswith("_fen") or name == "row_count"
    return {**width, "align": Align.RIGHT, "pad": "0"} if is_figure else width
