"""The expected noes of debits."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import reason

DEBIT_RUN_NOT_FOUND = reason("debit_run_not_found", status=404, title=_("There is no such debit run."))
DEBIT_RUN_IS_THERE = reason(
    "debit_run_is_there", status=409, title=_("There is a debit run for this arrangement and date already.")
)
DEBIT_RUN_STAGE = reason(
    "debit_run_stage", status=409, title=_("The debit run is at a stage where this is not possible.")
)
DEBIT_RUN_IS_BUSY = reason(
    "debit_run_is_busy", status=409, title=_("The debit run is being worked on; try again in a moment.")
)
DEBIT_RUN_DELIVERED = reason(
    "debit_run_delivered",
    status=409,
    title=_("A bank has a file of this run already: it can't be cancelled."),
)
DEBIT_NOTHING_UNANSWERED = reason(
    "debit_nothing_unanswered",
    status=409,
    title=_("No bank leaves anything of this run unanswered beyond its time."),
)
DEBIT_ITEM_NOT_FOUND = reason("debit_item_not_found", status=404, title=_("There is no such debit."))
DEBIT_ITEM_OVER = reason("debit_item_over", status=409, title=_("The bank is not being asked for it now."))
DEBIT_FILE_NOT_OUT = reason(
    "debit_file_not_out",
    status=409,
    title=_("The bank has not got the request file: deliver it, or cancel the run."),
)
DEBIT_NOT_OVERDUE = reason("debit_not_overdue", status=409, title=_("The bank still has time to answer."))
DEBIT_CODE_WAITS = reason(
    "debit_code_waits",
    status=409,
    title=_("The bank has answered; its line waits to be settled, or its code for a meaning."),
)
DEBIT_SILENCE_MEANS_PAID = reason(
    "debit_silence_means_paid",
    status=409,
    title=_("This bank names failures only and has sent a return: what it does not name it has debited."),
)
DEBIT_REMARK_MISSING = reason("debit_remark_missing", status=422, title=_("Say why in a remark."))
ARRANGEMENT_NOT_ACTIVE = reason(
    "arrangement_not_active", status=409, title=_("Nothing is debited by this arrangement at present.")
)
DEBIT_DATE_TAKEN = reason(
    "debit_date_taken", status=409, title=_("There is another debit date on that day already.")
)
DEBIT_DATE_OVER = reason(
    "debit_date_over", status=409, title=_("Its run has begun already: the date can't be changed any more.")
)
DEBIT_DATE_PAST = reason("debit_date_past", status=422, title=_("The date has passed."))
MANDATE_NOT_FOUND = reason("mandate_not_found", status=404, title=_("There is no such mandate."))
MANDATE_IN_THE_WAY = reason(
    "mandate_in_the_way",
    status=409,
    title=_("The agreement, the number or the bank's mandate number has another mandate that has not ended."),
)
MANDATE_STATE = reason("mandate_state", status=409, title=_("The mandate is not in a state for this."))
MANDATE_INCOMPLETE = reason(
    "mandate_incomplete",
    status=422,
    title=_("A mandate is for an agreement or a number, and names account, holder and the bank's number."),
)
