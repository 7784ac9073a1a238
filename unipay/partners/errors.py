"""Why a partner or a key is not taken on."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import reason

PARTNER_CODE_TAKEN = reason("partner_code_taken", status=409, title=_("Another partner has this code."))
PARTNER_FAULTY = reason("partner_faulty", status=422, title=_("The partner cannot be connected like this."))
PUBLIC_KEY_UNREADABLE = reason("public_key_unreadable", status=422, title=_("The public key cannot be used."))
PUBLIC_KEY_IN_USE = reason("public_key_in_use", status=409, title=_("The public key is already in use."))
KEY_ID_TAKEN = reason("key_id_taken", status=409, title=_("The key id already names another key."))
TWO_LIVE_KEYS = reason(
    "two_live_keys", status=409, title=_("The partner has two live keys: retire one first.")
)
KEY_RETIRED = reason("key_retired", status=409, title=_("The key is already retired."))
SUCCESSOR_WAITS = reason("successor_waits", status=409, title=_("A successor of our key is already waiting."))
STATUS_NOT_POSSIBLE = reason(
    "partner_status_not_possible", status=409, title=_("Not possible in the partner's present status.")
)
ONLY_LIVE_KEY = reason(
    "only_live_key", status=409, title=_("It is the only live key: say that you know, or add another first.")
)
