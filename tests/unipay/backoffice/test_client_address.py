"""Whose address counts, when anybody may write anything into X-Forwarded-For."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from unipay.backoffice.client_address import client_address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def address(remote: str, forwarded: str | None = None) -> str | None:
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        pytest.param("203.0.113.9", None, "203.0.113.9", id="nobody in between"),
        pytest.param("203.0.113.9", "198.51.100.1", "203.0.113.9", id="a stranger's word counts nothing"),
        pytest.param("203.0.113.9", "10.0.0.1", "203.0.113.9", id="nor when it names a proxy of ours"),
        pytest.param("10.0.0.1", "203.0.113.9", "203.0.113.9", id="our proxy is believed"),
        pytest.param(
            "10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9", id="what the client put in front is not"
        ),
        pytest.param("10.0.0.1", "1.2.3.4,203.0.113.9,10.0.0.2", "203.0.113.9", id="two proxies of ours"),
        pytest.param("10.0.0.1", "10.9.9.9", "10.9.9.9", id="somebody within our own network"),
        pytest.param("10.0.0.1", "203.0.113.9, rubbish", "10.0.0.1", id="rubbish ends the way back"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="a proxy that says nothing"),
        pytest.param("fd00::1", "2001:db8::7", "2001:db8::7", id="the newer protocol"),
        pytest.param(
            "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9", id="the older one in the newer's clothes"
        ),
        pytest.param("", "203.0.113.9", None, id="a socket without an address"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Settings, remote: str, forwarded: str | None, expected: str | None
) -> None:
    settings.UNIPAY_TRUSTED_PROXIES = PROXIES

    assert address(remote, forwarded) == expected


def test_without_proxies_of_ours_the_header_is_ignored(settings: Settings) -> None:
    settings.UNIPAY_TRUSTED_PROXIES = ()

    assert address("10.0.0.1", "203.0.113.9") == "10.0.0.1"
