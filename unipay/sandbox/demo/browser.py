"""A browser as far as the story needs one: it keeps cookies, follows redirects, and fills and sends forms."""

import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

TIMEOUT = httpx.Timeout(30, connect=3)


class PageUnexpected(Exception):
    """A page is not the one the story expects here."""


@dataclass
class Form:
    """A form of a page: where it goes and what stands in its fields."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    """A page that was shown: its address, HTTP status and forms."""

    url: str
    status: int
    text: str
    forms: list[Form]

    def form_with(self, name: str) -> Form:
        """Return the form that has a field of this name; raises PageUnexpected when there is none."""
        for form in self.forms:
            if name in form.names:
                return form
        raise PageUnexpected(f"no form with {name} at {self.url} (status {self.status})")


class Browser:
    """One subscriber's browser."""

    def __init__(self, *, language: str = "zh-hans") -> None:
        self._client = httpx.Client(
            timeout=TIMEOUT,
            follow_redirects=True,
            trust_env=False,
            verify=_trusted(),
            headers={"Accept-Language": language},
        )

    def close(self) -> None:
        """Close the window."""
        self._client.close()

    def open(self, url: str) -> Page:
        """Go to an address."""
        return _read(self._client.get(url))

    def send(self, page: Page, form: Form, values: dict[str, str] | None = None) -> Page:
        """Send a form as it stands, with these values in its fields; a pressed button is a value too."""
        content = {**form.fields, **(values or {})}
        return _read(
            self._client.request(
                form.method, urljoin(page.url, form.action), data=content, headers={"Referer": page.url}
            )
        )


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Reading the certificates takes longer than a page; once is enough."""
    return ssl.create_default_context()


class _FormReader(HTMLParser):
    """Collects a page's forms with the values a browser would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").upper())
            self.forms.append(self._open)
        elif self._open is not None:
            self._read_field(self._open, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""

    def _read_field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "option" and self._select:
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = given.get("value", "")
            return
        if not name:
            return
        form.names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "input" and _is_sent(given):
            form.fields[name] = given.get("value", "on")


def _is_sent(given: dict[str, str]) -> bool:
    kind = given.get("type", "text").lower()
    return "checked" in given if kind in ("checkbox", "radio") else kind not in ("submit", "button", "image")


def _read(response: httpx.Response) -> Page:
    reader = _FormReader()
    reader.feed(response.text)
    return Page(url=str(response.url), status=response.status_code, text=response.text, forms=reader.forms)
