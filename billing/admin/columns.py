"""What the lists of money have in common: amounts at the right, states in colours, our numbers searched whole."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from billing.admin.sheet import NOTHING
from unipay import check_digit
from unipay.backoffice.admin import masked_number, partner_title
from unipay.backoffice.provinces import visible_provinces
from unipay.errors import Text
from unipay.money import format_money
from unipay.partners.kinds import PartnerKind

BILLS, RECHARGES, RUNS, ITEMS = "billing.bill", "billing.recharge", "billing.debitrun", "billing.debititem"
EXCLUSIONS, RETURNS, LINES = "billing.debitexclusion", "billing.debitreturn", "billing.returnline"

BILL_COLOURS = {"DUE": "warning", "SETTLED": "success", "CANCELLED": ""}
RECHARGE_COLOURS = {
    "PAID": "warning",
    "LANDED": "success",
    "TAKING_BACK": "warning",
    "REVERSED": "",
    "REFUND_OWED": "warning",
    "REFUNDED": "",
}
RUN_COLOURS = {
    "OPENED": "info",
    "SELECTED": "info",
    "AWAITING_APPROVAL": "warning",
    "APPROVED": "info",
    "SENT": "primary",
    "CLOSED": "success",
    "CANCELLED": "",
}
BATCH_COLOURS = {
    "WRITTEN": "info",
    "DELIVERED": "primary",
    "RETURNED": "primary",
    "CLOSED": "success",
    "CANCELLED": "",
    "SUPERSEDED": "",
}
ITEM_COLOURS = {
    "SELECTED": "info",
    "SENT": "primary",
    "SETTLED": "success",
    "PARTLY_SETTLED": "success",
    "FAILED": "danger",
    "WITHDRAWN": "",
}
MANDATE_COLOURS = {"ACTIVE": "success", "SUSPENDED": "warning", "ENDED": ""}
RETURN_COLOURS = {"OPEN": "primary", "SETTLED": "success", "UNMATCHED": "danger"}
EFFECT_COLOURS = {
    "": "info",
    "SETTLED": "success",
    "PARTLY_SETTLED": "success",
    "FAILED": "danger",
    "REPEATED": "",
    "CASE": "warning",
    "UNKNOWN_ITEM": "warning",
    "UNKNOWN_CODE": "warning",
}

bank_title = partner_title("bank", description=_("bank"))
province_title = partner_title("province", description=_("province"))


def right(text: Text) -> SafeString:
    """Return a figure that stands at the right of its column."""
    return format_html('<span class="sheet-flush">{}</span>', text)


def amount(field: str, *, description: Text) -> Callable[[Any], SafeString]:
    """Return a list column that shows fen as yuan, at the right."""

    @display(description=description)
    def amount(row: Any) -> SafeString:
        fen = getattr(row, field)
        return right(NOTHING if fen is None else format_money(fen))

    amount.__name__ = field
    return amount


def count(field: str, *, description: Text) -> Callable[[Any], SafeString]:
    """Return a list column that shows a count with its thousands apart, at the right."""

    @display(description=description)
    def count(row: Any) -> SafeString:
        number = getattr(row, field)
        return right(NOTHING if number is None else f"{number:,}")

    count.__name__ = field
    return count


def our_number(term: str) -> str:
    """Read one of our own numbers, such as "DR-4T7X-…", as we write it; raises ValueError for what is none."""
    return check_digit.validate(term, term.strip().partition("-")[0].upper())


def agreement_number(term: str) -> str:
    """Read an agreement number: anything but a mobile number that fits the column; raises ValueError."""
    if not 1 <= len(term) <= 32 or not term.isascii() or not term.replace("-", "").replace("_", "").isalnum():
        raise ValueError("not an agreement number")
    return term


def number_and_agreement(row: Any) -> SafeString | str:
    """Return the number, masked and leading to its page, with the agreement number below it; what there is of both."""
    number = masked_number(row) if row.msisdn else ""
    if not row.agreement_no:
        return number or NOTHING
    below = format_html('<span class="block text-subtle text-xs">{}</span>', row.agreement_no)
    return format_html("{}{}", number, below) if number else row.agreement_no


class PartnerFilter(admin.RelatedFieldListFilter):
    """Partners of one kind that the person may see, by code."""

    kind = PartnerKind.BANK

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the choices."""
        limit: dict[str, Any] = {"kind": self.kind}
        visible = visible_provinces(request.user)
        if visible is not None and self.kind == PartnerKind.PROVINCE:
            limit["pk__in"] = sorted(visible)
        return field.get_choices(include_blank=False, ordering=("code",), limit_choices_to=limit)


class BankFilter(PartnerFilter):
    """Banks."""


class HomeFilter(PartnerFilter):
    """Provinces."""

    kind = PartnerKind.PROVINCE


class WordFilter(admin.SimpleListFilter):
    """One of the words of a column, beside other filters that stand in an address."""

    words: Any = ()
    field = ""

    @classmethod
    def of(cls, words: Any, title: Text, *, name: str, field: str = "") -> type["WordFilter"]:
        """Return the filter of a column (`name`, or `field` where that differs)."""
        made = {"words": words, "title": title, "parameter_name": name, "field": field or name}
        return type("WordFilter", (cls,), made)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the words with their titles."""
        return list(self.words.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows with the word; none for a word there is not."""
        if self.value() is None:
            return queryset
        if self.value() not in self.words.values:
            return queryset.none()
        return queryset.filter(**{self.field: self.value()})


class OfRow(admin.SimpleListFilter):
    """The rows that belong to one row of another table, by its number; shown only where one is asked for."""

    model: Any = None
    by = ""
    field = ""

    @classmethod
    def by_number(cls, model: Any, by: str, *, name: str, title: Text, field: str = "") -> type["OfRow"]:
        """Return the filter: `by` is the number's column in `model`, `name` the word in the address."""
        made = {"model": model, "by": by, "parameter_name": name, "field": field or name, "title": title}
        return type("OfRow", (cls,), made)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the number that is asked for."""
        return [(self.value() or "", self.value() or "")] if self.value() else []

    def has_output(self) -> bool:
        """A number that is nobody's finds nothing, and must not find everything."""
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what belongs to the row of that number."""
        if self.value() is None:
            return queryset
        found = self.model.objects.filter(**{self.by: self.value()}).values_list("pk", flat=True).first()
        return queryset.filter(**{self.field: found}) if found else queryset.none()
