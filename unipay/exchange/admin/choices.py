"""What people choose among: partners they may see, and kinds of file."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from unipay.backoffice.provinces import visible_provinces
from unipay.exchange.kinds import Direction, all_kinds
from unipay.partners.models import Partner


def partners_for(user: Any) -> Any:
    """Return the partners this person may choose among."""
    partners = Partner.objects.order_by("kind", "code")
    visible = visible_provinces(user)
    return partners if visible is None else partners.filter(pk__in=visible)


def incoming_kinds() -> list[tuple[str, Any]]:
    """Return the kinds of file partners send."""
    return [(kind.name, capfirst(str(kind.title))) for kind in all_kinds() if kind.direction == Direction.IN]


def kinds_or_none() -> list[tuple[str, Any]]:
    """Return all kinds of file, and that the name tells."""
    kinds = [(kind.name, capfirst(str(kind.title))) for kind in all_kinds()]
    return [("", _("told by the file's name")), *kinds]


def all_kind_choices() -> list[tuple[str, Any]]:
    """Return all kinds of file."""
    return kinds_or_none()[1:]
