"""How numbers, amounts and accounts are written for a subscriber."""

from django import template

from unipay.money import format_yuan

register = template.Library()


@register.filter
def spaced_number(msisdn: str) -> str:
    """Write a mobile number as people read it: "138 0571 0001"."""
    return f"{msisdn[:3]} {msisdn[3:7]} {msisdn[7:]}"


@register.filter
def yuan(fen: int | None) -> str:
    """Write fen as yuan, without decimals where there are none: 5000 is "50"."""
    return "–" if fen is None else format_yuan(fen).removesuffix(".00")


@register.filter
def short_mask(account_mask: str) -> str:
    """Write a masked account so that it fits a phone: "622202 **** 0123"."""
    first, last = account_mask.partition("*")[0], account_mask.rpartition("*")[2]
    return f"{first} **** {last}".strip()


@register.filter
def initial(name: str) -> str:
    """The character that tells a bank from the others: "工" of 中国工商银行."""
    return (name.removeprefix("中国") or name)[:1]
