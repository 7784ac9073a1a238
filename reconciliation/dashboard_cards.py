"""What reconciliation registers for the overview."""

from django.utils.translation import gettext_lazy as _

from reconciliation import overview
from unipay.backoffice.dashboard import Section, Source, register

register(Source("runs", _("Reconciliation runs"), Section.NOW, overview.RUNS, overview.runs))
register(
    Source("discrepancies", _("Discrepancies"), Section.NOW, overview.DISCREPANCIES, overview.discrepancies)
)
register(
    Source(
        "discrepancies found",
        _("Discrepancies found"),
        Section.TODAY,
        overview.DISCREPANCIES,
        overview.found_today,
    )
)
register(
    Source(
        "discrepancy trend",
        _("Discrepancies by business date"),
        Section.FORTNIGHT,
        overview.RUNS,
        overview.trend,
    )
)
