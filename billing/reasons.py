"""Our reasons for failed debits in words, in the language of the moment, from the table of rules."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.models import FailureRule

UNANSWERED = "unanswered"
"""Of items that people ended because their bank never answered; no bank's code means it, and nothing follows."""


def titles() -> dict[str, str]:
    """Return every reason of the table with its title."""
    is_english = (get_language() or "").startswith("en")
    rows = FailureRule.objects.order_by("reason_code").values_list("reason_code", "title", "title_en")
    return {code: english if is_english else title for code, title, english in rows}


def title_of(reason_code: str) -> str:
    """Return a reason in words, the code itself where nobody gave it any, "" for none."""
    if not reason_code:
        return ""
    if reason_code == UNANSWERED:
        return _("the bank never answered")
    is_english = (get_language() or "").startswith("en")
    rule = FailureRule.objects.filter(reason_code=reason_code).first()
    if rule is None:
        return reason_code
    return rule.title_en if is_english else rule.title


def in_words(reason_code: str, bank_code: str) -> str:
    """Return a reason with the bank's own code beside it, without a question to the database; "" for none."""
    return " · ".join(filter(None, (reason_code, bank_code)))
