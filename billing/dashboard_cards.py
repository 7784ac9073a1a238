"""What billing registers for the overview."""

from django.utils.translation import gettext_lazy as _

from billing import overview
from unipay.backoffice.dashboard import Section, Source, register

register(Source("debit runs", _("Debit runs"), Section.NOW, overview.RUNS, overview.runs))
register(
    Source("taken, not credited", _("Taken, not credited"), Section.NOW, overview.RECHARGES, overview.hanging)
)
register(Source("trial balance", _("Trial balance"), Section.NOW, overview.TRIALS, overview.trial))
register(Source("cases about money", _("Cases about money"), Section.NOW, overview.CASES, overview.cases))
register(Source("debit success", _("Debited, by run"), Section.FORTNIGHT, overview.RUNS, overview.success))
