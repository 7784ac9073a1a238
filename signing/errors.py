"""The reasons signing says no for, as partners read them (design.md 5)."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import Finality, reason

NUMBER_HAS_CONTRACT = reason(
    "number_has_contract", status=409, title=_("The number already has a standing contract.")
)
NUMBER_NOT_NORMAL = reason("number_not_normal", status=422, title=_("The number is not in normal status."))
EXCLUSIVE_SERVICE = reason(
    "exclusive_service", status=422, title=_("The number has a service that excludes signing.")
)
NUMBER_BLACKLISTED = reason("number_blacklisted", status=422, title=_("The number is on the blacklist."))
SECONDARY_NOT_ALLOWED = reason(
    "secondary_not_allowed",
    status=422,
    title=_("The number may not be signed as or with a secondary number."),
)
NUMBERS_INVALID = reason(
    "numbers_invalid", status=422, title=_("The primary and secondary numbers do not go together.")
)
UNKNOWN_NUMBER = reason("unknown_number", status=422, title=_("No province knows the number."))
PROVINCE_REFUSED = reason("province_refused", status=422, title=_("The home province refused."))
PROVINCE_UNANSWERED = reason(
    "province_unanswered",
    status=503,
    title=_("The home province did not answer; ask again."),
    finality=Finality.UNKNOWN,
)
BANK_CLOSED = reason(
    "bank_closed",
    status=503,
    title=_("The bank takes no new signings at the moment."),
    finality=Finality.UNKNOWN,
)
BANK_UNKNOWN = reason("bank_unknown", status=422, title=_("There is no such bank to sign with."))
BANK_WITHOUT_PAGE = reason("bank_without_page", status=422, title=_("The bank has no signing page."))
RETURN_URL_NOT_ALLOWED = reason(
    "return_url_not_allowed", status=422, title=_("The return address is not on the hall's own host.")
)
TERMS_NOT_ALLOWED = reason(
    "terms_not_allowed", status=422, title=_("The terms are not within what the province allowed.")
)
CONTRACT_NOT_FOUND = reason("contract_not_found", status=404, title=_("You have no such contract."))
SESSION_NOT_FOUND = reason("session_not_found", status=404, title=_("You have no such signing session."))
SIGNING_REQUEST_NOT_FOUND = reason(
    "signing_request_not_found",
    status=404,
    title=_("You sent no such signing request, or it was not answered yet."),
)
SESSION_OVER = reason("session_over", status=409, title=_("The signing session is over."))
NOTICE_CONTRADICTS = reason(
    "notice_contradicts", status=409, title=_("The notice contradicts what was signed before.")
)
BANK_CONTRACT_NO_IN_USE = reason(
    "bank_contract_no_in_use",
    status=409,
    title=_("The bank's contract number belongs to another contract."),
)
CONTRACT_NOT_ACTIVE = reason("contract_not_active", status=409, title=_("The contract is not active."))
NOTHING_TO_AMEND = reason("nothing_to_amend", status=422, title=_("The amendment changes nothing."))
NUMBER_NOT_YOURS = reason(
    "number_not_yours", status=422, title=_("The number is not at home in your province.")
)
SIGNED_IN_THE_FUTURE = reason(
    "signed_in_the_future", status=422, title=_("The signing time lies in the future.")
)
DECISION_NOT_POSSIBLE = reason(
    "decision_not_possible", status=409, title=_("This decision is not possible in this case now.")
)
CASE_NOT_OPEN = reason("case_not_open", status=409, title=_("The case is not open any more."))
CASE_TAKEN = reason("case_taken", status=409, title=_("Somebody else has taken the case."))
CASE_NOT_YOURS = reason("case_not_yours", status=409, title=_("The case is not yours."))
CASE_OVER = reason("case_over", status=409, title=_("The case is over."))
CASE_STILL_ASKS = reason(
    "case_still_asks", status=409, title=_("There is still something to decide; decide instead.")
)
MAY_NOT_DECIDE = reason("may_not_decide", status=422, title=_("This person may not decide cases."))
OF_ANOTHER_PROVINCE = reason(
    "of_another_province", status=422, title=_("This person works for other provinces and would not see it.")
)
ATTACHMENT_REFUSED = reason("attachment_refused", status=422, title=_("The document can't be attached."))
