"""Where the page of a case about money leads: to the recharge, the debit, the return file, the run."""

from django.utils.translation import gettext_lazy as _

from billing.about import page_about
from signing.case_subjects import register

register("recharge", _("recharge"), page_about)
register("debit_item", _("debit item"), page_about)
register("debit_return", _("return file"), page_about)
register("debit_batch", _("debit batch"), page_about)
register("debit_run", _("debit run"), page_about)
