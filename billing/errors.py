"""The reasons billing says no for, as partners and staff read them (design.md 5)."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import Finality, reason

BILL_NOT_FOUND = reason("bill_not_found", status=404, title=_("You have no such bill."))
BILL_CONTRADICTS = reason(
    "bill_contradicts", status=409, title=_("The bill is known with other content; amend it instead.")
)
BILL_NOT_DUE = reason("bill_not_due", status=409, title=_("The bill is settled or cancelled."))
BILL_CANCELLED = reason("bill_cancelled", status=409, title=_("The bill was cancelled."))
BILL_BELOW_SETTLED = reason(
    "bill_below_settled", status=409, title=_("More of the bill is settled than it would come to.")
)
BILL_IN_FLIGHT = reason(
    "bill_in_flight",
    status=409,
    title=_("A bank is being asked to pay the bill; try again when it has answered."),
    finality=Finality.UNKNOWN,
)
BILL_PARTLY_SETTLED = reason("bill_partly_settled", status=409, title=_("Some of the bill is settled."))
NUMBER_NOT_AT_HOME = reason(
    "number_not_at_home", status=422, title=_("The number is not at home in your province.")
)
BILL_INCOMPLETE = reason("bill_incomplete", status=422, title=_("The bill does not say all it must."))
BILL_OF_A_FUTURE_OWNER = reason(
    "bill_of_a_future_owner",
    status=422,
    title=_("The number can't belong to its owner since a time to come."),
)
BILL_TOO_LARGE = reason("bill_too_large", status=422, title=_("The amount is larger than any bill may be."))
RECHARGE_NOT_FOUND = reason("recharge_not_found", status=404, title=_("You have no such recharge."))
AMOUNT_OUT_OF_BOUNDS = reason(
    "amount_out_of_bounds", status=422, title=_("The amount is smaller or larger than a recharge may be.")
)
BUSINESS_DATE_OUT_OF_RANGE = reason(
    "business_date_out_of_range", status=422, title=_("The business date is neither today nor beside it.")
)
BUSINESS_DAY_CLOSED = reason(
    "business_day_closed",
    status=422,
    title=_("That business day is reconciled already; report the payment under the next one."),
)
PAID_IN_THE_FUTURE = reason(
    "paid_in_the_future", status=422, title=_("The time of payment lies in the future.")
)
NUMBER_AT_HOME_NOWHERE = reason(
    "number_at_home_nowhere", status=422, title=_("No province has this number; nothing was taken.")
)
AGREEMENT_UNKNOWN = reason(
    "agreement_unknown", status=422, title=_("No due bill bears this agreement number; nothing was taken.")
)
AGREEMENT_IN_SEVERAL_PROVINCES = reason(
    "agreement_in_several_provinces",
    status=422,
    title=_(
        "Several provinces have due bills of this agreement number, perhaps of different companies; nothing was taken. "
        "Ask again with the province_code of the one that is meant."
    ),
)
BANK_TRANSACTION_USED = reason(
    "bank_transaction_used",
    status=409,
    title=_("Your transaction number belongs to another recharge already."),
)
LANDING_REFUSED = reason(
    "landing_refused", status=422, title=_("The province does not credit the number; the recharge is undone.")
)
CREDIT_SPENT = reason(
    "credit_spent", status=422, title=_("The province won't take the credit back: it is spent.")
)
RECHARGE_OF_A_DEBIT = reason(
    "recharge_of_a_debit", status=409, title=_("It came of a debit; only recharges you asked for go back.")
)
RECHARGE_GOES_BACK = reason(
    "recharge_goes_back", status=409, title=_("The recharge is on its way back already.")
)
RECHARGE_GONE_BACK = reason("recharge_gone_back", status=409, title=_("The recharge has gone back already."))
REVERSAL_TOO_LATE = reason(
    "reversal_too_late", status=422, title=_("The time for reversals is over; it can be refunded later.")
)
REFUND_TOO_EARLY = reason(
    "refund_too_early", status=422, title=_("Refunds are possible from the next business day on.")
)
DAY_NOT_RECONCILED = reason(
    "day_not_reconciled", status=422, title=_("The business day is not reconciled yet.")
)
RECHARGE_NOT_STUCK = reason(
    "recharge_not_stuck", status=409, title=_("The recharge does not wait for its credit.")
)
