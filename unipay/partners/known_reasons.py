"""Which of our reasons a partner's result code may mean, operation by operation: told by the apps that read them.

Each app above registers its own in its `admin` package; nothing here knows of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unipay.errors import Reason, Text
from unipay.partners.models import ResultCode
from unipay.partners.operations import operation_title

Titles = Callable[[], Mapping[str, Text]]

BUSY: Mapping[str, Text] = {"partner_busy": gettext_lazy("The partner is busy; it is asked again.")}
"""Whoever is asked over a line may be busy."""


@dataclass(frozen=True)
class Known:
    """Reasons with their titles and the operations they may be given in; `group` is what people call them together."""

    group: Text
    operations: frozenset[str]
    titles: Titles


_registered: list[Known] = []


def register(group: Text, operations: Collection[str], titles: Titles) -> None:
    """Make reasons known for these operations; `titles` is asked whenever somebody looks, as reasons may be data."""
    _registered.append(Known(group, frozenset(operations), titles))


def titles_of(*reasons: Reason) -> dict[str, Text]:
    """Return catalogued reasons in the shape in which they are registered."""
    return {each.code: each.title for each in reasons}


def fitting(operation: str) -> dict[str, Text]:
    """Return the reasons that fit an operation with their titles: all there are for any operation (""), and for one
    of which nobody speaks."""
    own = [each for each in _registered if operation in each.operations] or _registered
    return {code: title for each in own for code, title in each.titles().items()}


def grouped() -> list[tuple[Text, list[tuple[str, Text]]]]:
    """Return every reason below the name of its group, as a form offers them."""
    return [(each.group, [_named(*reason) for reason in each.titles().items()]) for each in _registered]


def _named(code: str, title: Text) -> tuple[str, Text]:
    return code, format_lazy("{} ({})", title, code)


def require(reason_code: str, *, operation: str, row_id: int | None = None) -> None:
    """Raise ValidationError for a reason that does not fit the operation; one that the row of this id has had in it
    before may stay."""
    known = fitting(operation)
    if not reason_code or reason_code in known:
        return
    stored = ResultCode.objects.filter(operation=operation, reason_code=reason_code)
    if row_id is None or not stored.filter(pk=row_id).exists():
        said = {"reason": reason_code, "operation": operation_title(operation), "known": ", ".join(known)}
        raise ValidationError({"reason_code": _text(operation) % said})


def _text(operation: str) -> str:
    if operation:
        return _("%(reason)s is no reason for this operation (%(operation)s). There are: %(known)s.")
    return _("There is no reason %(reason)s. There are: %(known)s.")
