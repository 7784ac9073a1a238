"""The life of a layout: a draft with a column for each field, a copy as the next version, published, retired."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from unipay.errors import Refusal
from unipay.exchange import layout_rules
from unipay.exchange.errors import LAYOUT_FAULTY, LAYOUT_IN_FORCE
from unipay.exchange.kinds import kind_named
from unipay.exchange.models import FileLayout, LayoutColumn, LayoutState, Section
from unipay.partners.models import Partner

_WORDS_OF_VERSIONS = ("id", "version", "state", "partner", "effective_from", "code")


def draft_columns(layout: FileLayout) -> None:
    """Give a new draft a column for each field of its kind, and those that header and trailer usually have."""
    names = {Section.DETAIL: [field.name for field in kind_named(layout.kind).fields]}
    names[Section.HEADER] = ["business_date"] if layout.has_header else []
    names[Section.TRAILER] = ["row_count"] if layout.has_trailer else []
    LayoutColumn.objects.bulk_create(
        LayoutColumn(layout=layout, section=section, position=position, field=name)
        for section, fields in names.items()
        for position, name in enumerate(fields, start=1)
    )


@transaction.atomic
def copy(layout_id: int, *, partner: Partner | None, effective_from: date) -> FileLayout:
    """Return a draft like the layout: the next version of it, or the first of another partner's own."""
    source = FileLayout.objects.select_for_update(of=("self",)).get(pk=layout_id)
    partner_id = partner.pk if partner else None
    code = source.code if partner_id == source.partner_id else code_for(partner, source.kind)
    kept = {
        field.attname: getattr(source, field.attname)
        for field in FileLayout._meta.concrete_fields
        if field.name not in _WORDS_OF_VERSIONS
    }
    draft = FileLayout.objects.create(
        **kept,
        code=code,
        version=next_version(code),
        partner_id=partner_id,
        effective_from=effective_from,
    )
    replace_columns(draft, list(source.columns.all()))
    return draft


def replace_columns(layout: FileLayout, columns: Sequence[LayoutColumn]) -> None:
    """Give the draft these columns and no others, in this order; each section is counted from 1."""
    layout.columns.all().delete()
    counted = dict.fromkeys(Section.values, 0)
    for column in columns:
        counted[column.section] += 1
        column.pk, column.layout, column.position = None, layout, counted[column.section]
        column._state.adding = True
    LayoutColumn.objects.bulk_create(columns)


@transaction.atomic
def publish(layout_id: int) -> FileLayout:
    """Put a draft in force from its day on; refused with everything that is wrong with it at once."""
    layout = FileLayout.objects.select_for_update(of=("self",)).get(pk=layout_id)
    refuse_publishing(layout)
    layout.publish()
    layout.save(update_fields=["state"])
    return layout


@transaction.atomic
def retire(layout_id: int) -> FileLayout:
    """Read and write no new file by it."""
    layout = FileLayout.objects.select_for_update(of=("self",)).get(pk=layout_id)
    layout.retire()
    layout.save(update_fields=["state"])
    return layout


def refuse_publishing(layout: FileLayout) -> None:
    """Raise Refusal for a layout that cannot be read or written by, or whose day another one has."""
    faults = layout_rules.faults(layout, list(layout.columns.all()))
    if faults:
        raise Refusal(LAYOUT_FAULTY, faults=faults)
    same_day = FileLayout.objects.filter(
        partner=layout.partner_id,
        kind=layout.kind,
        effective_from=layout.effective_from,
        state=LayoutState.PUBLISHED,
    ).first()
    if same_day is not None:
        raise Refusal(LAYOUT_IN_FORCE, str(same_day))


def next_version(code: str) -> int:
    """Return the number of the code's next version."""
    latest = FileLayout.objects.filter(code=code).aggregate(latest=Max("version"))["latest"]
    return (latest or 0) + 1


def code_for(partner: Partner | None, kind: str) -> str:
    """Return the code by which a partner's layout of a kind is usually called ("icbc_bank_contract_full")."""
    return f"{partner.code if partner else 'neutral'}_{kind}".lower()[:64]
