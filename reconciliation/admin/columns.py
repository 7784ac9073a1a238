"""What the lists of reconciliation have in common: partners named, numbers of runs searched, counts grouped."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from unipay import check_digit
from unipay.backoffice.admin import partner_title
from unipay.backoffice.dashboard import list_address
from unipay.backoffice.provinces import visible_provinces
from unipay.partners.kinds import PartnerKind

RUNS, DISCREPANCIES = "reconciliation.run", "reconciliation.discrepancy"
NOTHING = "—"

RUN_COLOURS = {
    "OPENED": "",
    "RECEIVED": "info",
    "MATCHED": "info",
    "AWAITING_APPROVAL": "warning",
    "APPROVED": "info",
    "CORRECTED": "info",
    "EXPORTED": "info",
    "ANSWERED": "info",
    "CLOSED": "success",
    "REFUSED": "danger",
    "OVERTAKEN": "primary",
}
DISCREPANCY_COLOURS = {
    "OPEN": "warning",
    "CORRECTED": "success",
    "CASE": "danger",
    "CARRIED": "info",
    "EXPORTED": "primary",
    "IGNORED": "",
}

province_title = partner_title("province", description=_("province"))


def run_number(term: str) -> str:
    """Read the number of a run as people type it; raises ValueError for what is none."""
    return check_digit.validate(term, "R")


def count(number: int | None) -> str:
    """Return a count with its thousands apart, a dash for none known."""
    return NOTHING if number is None else f"{number:,}"


def run_page(run_id: int) -> str:
    """Return the address of a run's page."""
    return reverse("admin:reconciliation_run_change", args=[run_id])


def discrepancies_of(run_no: str, **asked: object) -> str:
    """Return the address of the list of what a run found, with these filters chosen."""
    return list_address(DISCREPANCIES, run=run_no, **asked)


class BookFilter(admin.RelatedFieldListFilter):
    """Banks and provinces, whose books are compared."""

    kinds: tuple[PartnerKind, ...] = (PartnerKind.BANK, PartnerKind.PROVINCE)

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the partners of these kinds that the person may see, by code."""
        limit: dict[str, Any] = {"kind__in": self.kinds}
        visible = visible_provinces(request.user)
        if visible is not None:
            limit["pk__in"] = sorted(visible)
        return field.get_choices(include_blank=False, ordering=("kind", "code"), limit_choices_to=limit)


class HomeFilter(BookFilter):
    """Provinces only."""

    kinds = (PartnerKind.PROVINCE,)
