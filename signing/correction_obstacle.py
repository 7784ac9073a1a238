"""Why could a correction not be applied? In words, for whoever decides what becomes of it (domain.md A4)."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import Text

OBSTACLE = "obstacle"
"""The key of evidence that says it in our code."""

_WORDS: dict[str, Text] = {
    "ended_here": _("the contract has ended here"),
    "number_held": _("another contract holds one of the numbers"),
    "bank_contract_no_in_use": _("the bank's contract number belongs to another contract"),
    "bank_contract_no_invalid": _("the bank's contract number is missing or too long"),
    "numbers_invalid": _("the primary and secondary numbers do not go together"),
    "particulars_too_long": _("a value is longer than can be kept"),
    "terms_out_of_range": _("the recharge terms are not possible amounts"),
    "terms_exclude_each_other": _("auto-pay and recharge terms exclude each other"),
    "auto_pay_for_prepaid": _("a prepaid number has no auto-pay"),
    "recharge_for_postpaid": _("a postpaid number has no recharge terms"),
    "no_such_contract": _("there is no such contract here"),
    "of_another_bank": _("the contract belongs to another bank"),
    "by_rule": _("a rule leaves it to people"),
    "unknown_number": _("no province is home to the number"),
}


def in_words(code: str) -> Text:
    """Return the obstacle in words; a code nobody has put in words stays as it is."""
    return _WORDS.get(code, code)
