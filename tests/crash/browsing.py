"""A subscriber who reads the agreement and consents (domain.md A1), reloading the page while the machine is down."""

from contextlib import closing

import httpx

from tests.crash.programs import wait_until
from unipay.sandbox.demo.browser import Browser, PageUnexpected


def consent(url: str, bank: str) -> None:
    """Consent on our page and see the form that leads to the bank."""
    wait_until(lambda: _is_on_the_way(url, bank), f"the way from {url} to {bank}")


def _is_on_the_way(url: str, bank: str) -> bool:
    with closing(Browser()) as browser:
        try:
            agreement = browser.open(url)
            leaving = browser.send(
                agreement, agreement.form_with("consent"), {"consent": "on", "bank_code": bank}
            )
            return "signature" in leaving.form_with("signature").names
        except (httpx.HTTPError, PageUnexpected):
            return False
