"""The story's browser: what it reads from a page's forms and what it sends."""

import httpx
import pytest

from unipay.sandbox.demo.browser import Browser, PageUnexpected

PAGE = """
<form action="/lang" method="post"><input name="language" value="en"></form>
<form method="post" action="/consent">
  <input type="hidden" name="csrfmiddlewaretoken" value="t1">
  <input type="checkbox" name="consent">
  <input type="radio" name="bank_code" value="ICBC"><input type="radio" name="bank_code" value="ABC" checked>
  <select name="channel"><option value="A">a</option><option value="B" selected>b</option></select>
  <select name="first"><option value="X">x</option><option value="Y">y</option></select>
  <button type="submit" name="go" value="1">Go</button>
</form>
"""


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def browser(sent: list[str]) -> Browser:
    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(f"{request.method} {request.url.path} {request.content.decode()}")
        return httpx.Response(200, text=PAGE)

    browser = Browser()
    browser._client = httpx.Client(transport=httpx.MockTransport(answer))
    return browser


def test_a_form_is_sent_as_it_stands_with_what_was_filled_in(browser: Browser, sent: list[str]) -> None:
    page = browser.open("http://unipay.test/pay")

    browser.send(page, page.form_with("consent"), {"consent": "on"})

    assert sent == [
        "GET /pay ",
        "POST /consent csrfmiddlewaretoken=t1&bank_code=ABC&channel=B&first=X&consent=on",
    ]


def test_a_page_without_the_form_is_not_the_page_expected(browser: Browser) -> None:
    page = browser.open("http://unipay.test/pay")

    with pytest.raises(PageUnexpected, match="no form with signature at http://unipay.test/pay"):
        page.form_with("signature")
