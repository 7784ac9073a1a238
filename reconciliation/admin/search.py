"""What the search from anywhere finds of reconciliation: runs by their number."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reconciliation.admin.columns import run_number, run_page
from reconciliation.models import Run
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.search import Finder, Hit, register, whoever_has


def _by_run_number(term: str, user: Any) -> list[Hit]:
    runs = Run.objects.filter(run_no=run_number(term)).select_related("partner")
    return [_hit(run) for run in within_provinces(runs, user, "partner")]


def _hit(run: Run) -> Hit:
    described = format_lazy(
        "{} · {} · {}", run.partner.title, f"{run.business_date}", run.get_state_display()
    )
    return Hit(run.run_no, described, run_page(run.pk), "compare_arrows")


register(
    Finder(
        "run",
        _("run number"),
        "R-4T7X-K2PD-9WQA-3ZCE-6",
        70,
        whoever_has("reconciliation.view_run"),
        _by_run_number,
    )
)
