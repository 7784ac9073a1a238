"""What is this file? The word of its sender and its name must agree; what one leaves open the other may tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from unipay.errors import Reason, Refusal
from unipay.exchange import errors, file_names
from unipay.exchange.models import FileLayout


@dataclass(frozen=True)
class Told:
    """Kind and business date; empty: not told."""

    kind: str = ""
    business_date: date | None = None


@dataclass(frozen=True)
class Named:
    """What a file's name says by the pattern of one layout; empty: the pattern does not say."""

    kind: str
    partner_code: str = ""
    business_date: date | None = None


def named_by(name: str, layouts: Iterable[FileLayout]) -> list[Named]:
    """Return what the name says by each layout whose pattern it fits."""
    found = []
    for layout in layouts:
        said = file_names.read(layout.file_name_pattern, name)
        if said is not None and said.get("kind", layout.kind) == layout.kind:
            found.append(Named(layout.kind, said.get("partner", ""), said.get("business_date")))
    return found


def agree(partner_code: str, said: Told, named: list[Named]) -> Told:
    """Return what the file is; raises Refusal where the two contradict, or neither tells the kind."""
    kinds = sorted({each.kind for each in named})
    if said.kind and kinds and said.kind not in kinds:
        raise _contradiction(_("The name is that of another kind of file: %(kind)s."), kind=kinds[0])
    if not said.kind and len(kinds) != 1:
        raise Refusal(errors.FILE_KIND_NOT_TOLD)
    kind = said.kind or kinds[0]
    fitting = [each for each in named if each.kind == kind]
    _require_partner(partner_code, fitting)
    return Told(kind, _agreed_date(said.business_date, fitting))


def _require_partner(code: str, named: list[Named]) -> None:
    others = sorted({each.partner_code for each in named if each.partner_code})
    if others and code not in others:
        raise _contradiction(_("The name is that of another partner: %(partner)s."), partner=others[0])


def _agreed_date(said: date | None, named: list[Named]) -> date | None:
    days = sorted({each.business_date for each in named if each.business_date is not None})
    if said is None:
        return days[0] if len(days) == 1 else None
    if days and said not in days:
        raise _contradiction(_("The name is that of another business date: %(day)s."), day=days[0])
    return said


def _contradiction(text: str, **told: object) -> Refusal:
    reason: Reason = errors.FILE_CONTRADICTS
    return Refusal(reason, text % told)
