"""The reference tables that ship with Unipay: provinces, number segments, and the usual result codes of each kind.

A row somebody has changed since is left alone unless it is asked to be overwritten.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from unipay.partners.kinds import PartnerKind
from unipay.partners.models import NumberSegment, Partner, PartnerPermission, ResultCode
from unipay.partners.operations import DEFAULT_OPERATIONS

FIXTURES = Path(__file__).parent / "fixtures"

_BATCH = 5000
_RESULT_CODE_KEY = ("kind", "partner_id", "direction", "operation", "code")


@dataclass(frozen=True)
class Loaded:
    """How many rows of one table were added, how many differed, and whether those were overwritten."""

    added: int
    differing: int
    is_overwritten: bool


def load_provinces(*, overwrite: bool = False) -> Loaded:
    """Make the 31 provinces partners, with the rights of their kind; their keys come with their onboarding."""
    rows = [
        Partner(code=row["code"], kind=PartnerKind.PROVINCE, name=row["name_zh"], name_en=row["name_en"])
        for row in _rows("provinces.csv")
    ]
    loaded = _load(rows, key=("code",), values=("name", "name_en"), overwrite=overwrite)
    rightless = Partner.objects.filter(kind=PartnerKind.PROVINCE, permissions=None)
    grant_default_rights(rightless)
    return loaded


def load_segments(*, overwrite: bool = False) -> Loaded:
    """Tell each province its number segments; raises KeyError for a province nobody has loaded."""
    province_ids = dict(Partner.objects.filter(kind=PartnerKind.PROVINCE).values_list("code", "id"))
    rows = [
        NumberSegment(prefix=row["prefix"], province_id=province_ids[row["province_code"]], city=row["city"])
        for row in _rows("number_segments.csv")
    ]
    return _load(rows, key=("prefix",), values=("province_id", "city"), overwrite=overwrite)


def load_result_codes(*, kind: str | None = None, overwrite: bool = False) -> Loaded:
    """Give each kind of partner (or one) the result codes of our own wire."""
    rows = [ResultCode(**row) for row in _rows("result_codes.csv") if kind in (None, row["kind"])]
    return _load(
        rows, key=_RESULT_CODE_KEY, values=("reason_code", "finality", "remark"), overwrite=overwrite
    )


def grant_default_rights(partners: Iterable[Partner]) -> None:
    """Grant the partners what their kind may ask of us."""
    PartnerPermission.objects.bulk_create(
        (
            PartnerPermission(partner=partner, operation=operation)
            for partner in partners
            for operation in DEFAULT_OPERATIONS[partner.kind]
        ),
        ignore_conflicts=True,
    )


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def _load(rows: list[Any], *, key: tuple[str, ...], values: tuple[str, ...], overwrite: bool) -> Loaded:
    """Add the rows that are missing, in one statement, and overwrite those that differ, in another."""
    model: type[models.Model] = type(rows[0])
    stored = {_of(row, key): row for row in model._default_manager.only(*key, *values)}
    missing = [row for row in rows if _of(row, key) not in stored]
    kept = [(row, stored[_of(row, key)]) for row in rows if _of(row, key) in stored]
    differing = [(row, old) for row, old in kept if _of(row, values) != _of(old, values)]
    model._default_manager.bulk_create(missing, batch_size=_BATCH, ignore_conflicts=True)
    if overwrite:
        for row, old in differing:
            row.pk = old.pk
        fields = [name.removesuffix("_id") for name in values]
        model._default_manager.bulk_update([row for row, _ in differing], fields, batch_size=_BATCH)
    return Loaded(added=len(missing), differing=len(differing), is_overwritten=overwrite)


def _of(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
