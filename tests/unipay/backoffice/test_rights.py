"""Nobody opens a page of the back office without a right to it, whichever library brought the page."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse

from tests.conftest import Login

FOR_ALL_STAFF = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n", "search"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """Every page, those about one row with the row number 1."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        elif pattern.name and pattern.name not in FOR_ALL_STAFF:
            for arguments in ((), (1,)):
                try:
                    yield reverse(f"admin:{pattern.name}", args=arguments)
                except NoReverseMatch:
                    continue


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_rights_open_nothing(clerk: Login, method: str) -> None:
    client = clerk()
    wanted = sorted(set(addresses(admin.site.get_urls())))

    # 302: there is no row 1, which everybody is told alike; 405: the page is not asked that way.
    opened = [
        address
        for address in wanted
        if getattr(client, method)(address).status_code not in (302, 403, 404, 405)
    ]

    assert len(wanted) > 60
    assert opened == []
