"""The red banner of whoever works with the administrator's rights in an emergency."""

from typing import Any

from django import template

from unipay.backoffice.standing import standing_of

register = template.Library()


@register.inclusion_tag("backoffice/break_glass_banner.html", takes_context=True)
def break_glass_banner(context: dict[str, Any]) -> dict[str, Any]:
    """Show the number and the end of the person's break-glass, where there is one."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {}
    return {
        "standing": standing_of(request.user),
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }
