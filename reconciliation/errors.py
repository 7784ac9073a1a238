"""The expected noes of reconciliation."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import reason

RUN_NOT_FOUND = reason("run_not_found", status=404, title=_("There is no such reconciliation run."))
RUN_IS_OVER = reason("run_is_over", status=409, title=_("The run is at a stage where this is not possible."))
RUN_IS_BUSY = reason("run_is_busy", status=409, title=_("The run is being worked on; try again in a moment."))
RUN_DOES_NOT_WAIT = reason("run_does_not_wait", status=409, title=_("The run does not wait for its turn."))
REMARK_MISSING = reason("run_remark_missing", status=422, title=_("Say why in a remark."))
RUN_NOT_STOPPED = reason("run_not_stopped", status=409, title=_("The run does not wait for approval."))
RUN_GOES_ON = reason(
    "run_goes_on", status=409, title=_("The run is past the point at which it could be refused.")
)
DISCREPANCY_NOT_OPEN = reason(
    "discrepancy_not_open", status=409, title=_("Something was done about the discrepancy already.")
)
DISCREPANCY_FOUND_AGAIN = reason(
    "discrepancy_found_again", status=409, title=_("A later run found it again: look at that one.")
)
