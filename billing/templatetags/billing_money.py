"""Amounts in templates: fen in, yuan out."""

from django import template

from unipay.backoffice.admin.display import yuan as written

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """Write fen as every page shows an amount."""
    return written(fen)
