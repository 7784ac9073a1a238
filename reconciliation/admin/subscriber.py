"""What the page of a number shows of reconciliation: each discrepancy in one sentence."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reconciliation.admin.columns import DISCREPANCY_COLOURS
from reconciliation.admin.discrepancy.sides import differing
from reconciliation.models import Discrepancy
from reconciliation.states import DiscrepancyState
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.subscriber import Cell, Part, Section, Subscriber, register

MOST_ROWS = 8


def discrepancies(subscriber: Subscriber) -> Part:
    """Return the latest discrepancies of the number."""
    rows = Discrepancy.objects.filter(msisdn=subscriber.msisdn).select_related("run__partner")
    seen = within_provinces(rows, subscriber.user, "province").defer("ours", "theirs", "their_secrets")
    latest = seen.order_by("-id")[:MOST_ROWS]
    return Part(rows=[_row(each) for each in latest], more=subscriber.list_of(Discrepancy))


def sentence(row: Discrepancy) -> str:
    """Return what was found and what was done about it, in one sentence."""
    said = {
        "partner": row.run.partner.title,
        "difference": row.get_difference_display(),
        "differs": differing(row),
        "outcome": _outcome(row),
    }
    if said["differs"]:
        return _("%(partner)s: %(difference)s (%(differs)s); %(outcome)s.") % said
    return _("%(partner)s: %(difference)s; %(outcome)s.") % said


def _outcome(row: Discrepancy) -> str:
    if row.state == DiscrepancyState.CARRIED:
        return _("left for the next run, as %(why)s") % {"why": row.get_shield_display()}
    if row.state == DiscrepancyState.IGNORED and row.remark:
        return _("left as it is: %(why)s") % {"why": row.remark}
    if row.state == DiscrepancyState.EXPORTED:
        return _("sent out, not answered yet")
    return str(row.get_state_display())


def _row(row: Discrepancy) -> list[Cell]:
    address = reverse("admin:reconciliation_discrepancy_change", args=(row.pk,))
    return [
        Cell(f"{row.run.business_date}", row.run.get_period_display(), address=address),
        Cell(sentence(row)),
        Cell(row.get_state_display(), colour=DISCREPANCY_COLOURS[row.state]),
    ]


register(
    Section(
        "discrepancies",
        gettext_lazy("discrepancies"),
        25,
        "reconciliation.view_discrepancy",
        discrepancies,
        gettext_lazy("The books of banks and provinces have never differed from ours over this number."),
        icon="compare_arrows",
        headers=(gettext_lazy("business date"), gettext_lazy("what was found"), gettext_lazy("state")),
    )
)
