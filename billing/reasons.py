"""Our reasons for failed debits in words, in the language of the moment, from the table of rules."""

from django.db.models import Case, OuterRef, Subquery, Value, When
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


def title_by(field: str) -> Case:
    """Return the title of the reason that a field of a query names, asked row by row; None where nobody gave it any."""
    rules = FailureRule.objects.filter(reason_code=OuterRef(field))
    title = "title_en" if (get_language() or "").startswith("en") else "title"
    unanswered = When(**{field: UNANSWERED}, then=Value(_("the bank never answered")))
    return Case(unanswered, default=Subquery(rules.values(title)[:1]))


def in_words(title: str, bank_code: str) -> str:
    """Return a reason with the bank's own code beside it; "" for none."""
    return " · ".join(filter(None, (title, bank_code)))
