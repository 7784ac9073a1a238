"""What others did to one's own account, on every page until it is read."""

from typing import Any

from django import template

from unipay.backoffice.account_events import news_of
from unipay.backoffice.standing import standing_of

register = template.Library()


@register.inclusion_tag("backoffice/account_news.html", takes_context=True)
def account_news(context: dict[str, Any]) -> dict[str, Any]:
    """Show the news of the person's account, where there is any."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated or not standing_of(request.user).has_news:
        return {}
    return {"news": list(news_of(request.user)), "csrf_token": context.get("csrf_token")}
