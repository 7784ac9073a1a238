"""The reasons every endpoint may say no for, before or beside its own business (design.md 5)."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import Finality, reason

BAD_REQUEST = reason("bad_request", status=400, title=_("The request cannot be read."))
BODY_MALFORMED = reason("body_malformed", status=400, title=_("The body is not a JSON object as agreed."))
REQUEST_FAULTY = reason("request_faulty", status=400, title=_("Fields of the request are faulty."))
SIGNATURE_MISSING = reason("signature_missing", status=401, title=_("The request is not signed."))
SIGNATURE_MALFORMED = reason(
    "signature_malformed", status=401, title=_("The Authorization header cannot be read.")
)
SIGNATURE_INVALID = reason("signature_invalid", status=401, title=_("The signature is not valid."))
TIMESTAMP_OUT_OF_RANGE = reason(
    "timestamp_out_of_range", status=401, title=_("The timestamp is more than 300 seconds from our clock.")
)
NONCE_REPLAYED = reason("nonce_replayed", status=401, title=_("The nonce has been used before."))
PARTNER_SUSPENDED = reason("partner_suspended", status=403, title=_("Your access is suspended."))
OPERATION_NOT_PERMITTED = reason(
    "operation_not_permitted", status=403, title=_("You have no right to this operation.")
)
PATH_UNKNOWN = reason("path_unknown", status=404, title=_("There is nothing at this address."))
REQUEST_NOT_FOUND = reason(
    "request_not_found",
    status=404,
    title=_("No request with this number has reached us so far."),
    finality=Finality.UNKNOWN,
)
METHOD_NOT_ALLOWED = reason(
    "method_not_allowed", status=405, title=_("The address does not know this method.")
)
NOT_ACCEPTABLE = reason("not_acceptable", status=406, title=_("Answers come as application/json only."))
LENGTH_REQUIRED = reason(
    "length_required", status=411, title=_("A body must come with its length (Content-Length).")
)
BODY_TOO_LARGE = reason("body_too_large", status=413, title=_("The body is larger than 1 MiB."))
MEDIA_TYPE_UNSUPPORTED = reason(
    "media_type_unsupported", status=415, title=_("The body must be application/json in UTF-8.")
)
RATE_LIMITED = reason(
    "rate_limited", status=429, title=_("Too many requests: wait a moment."), finality=Finality.UNKNOWN
)
INTERNAL_ERROR = reason(
    "internal_error",
    status=500,
    title=_("Something went wrong on our side: ask again with the same request_no."),
    finality=Finality.UNKNOWN,
)
TEMPORARILY_UNAVAILABLE = reason(
    "temporarily_unavailable",
    status=503,
    title=_("We cannot answer right now: ask again with the same request_no."),
    finality=Finality.UNKNOWN,
)
PARTNER_UNANSWERED = reason(
    "partner_unanswered",
    status=503,
    title=_("Another party did not answer us: ask again with the same request_no."),
    finality=Finality.UNKNOWN,
)
