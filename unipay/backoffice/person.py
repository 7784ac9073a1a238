"""The member of staff behind a request that the back office has let in."""

from typing import Any

from django.http import HttpRequest


def person_of(request: HttpRequest) -> Any:
    """Return the user, with what middleware has added to it; the pages of the back office let nobody else in."""
    return request.user
