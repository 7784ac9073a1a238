"""The carrier channel as a subscriber walks it: hall, our agreement page, the bank's page, and back (domain.md A1)."""

from dataclasses import dataclass

from unipay.sandbox import hall
from unipay.sandbox.client import Reply
from unipay.sandbox.demo.browser import Browser, Page, PageUnexpected
from unipay.sandbox.models import SandboxContract, SandboxSession
from unipay.sandbox.states import Role


@dataclass(frozen=True)
class AtBank:
    """A subscriber who consented and now sees the bank's page."""

    browser: Browser
    page: Page
    session: SandboxSession

    def press(self, button: str) -> Page:
        """Press a button of the bank's page: sign, overtaken, or fail. Returns the page at the end of the way."""
        form = self.page.form_with("account_number")
        shown = self.browser.send(self.page, form, {button: ""})
        self.browser.close()
        if shown.status != 200:
            raise PageUnexpected(f"status {shown.status} at {shown.url}")
        return shown

    def row(self) -> SandboxContract:
        """Return the signing's row in the bank's book."""
        return SandboxContract.objects.get(
            partner_code=self.session.bank_code, role=Role.BANK, session_no=self.session.session_no
        )


def open_at_hall(msisdn: str, *, bank_code: str) -> tuple[SandboxSession, Reply]:
    """Start at the hall."""
    return hall.open_session(msisdn, bank_code=bank_code, language="zh-hans")


def go_to_bank(session: SandboxSession) -> AtBank:
    """Read the agreement, consent, and be handed over to the bank's page."""
    browser = Browser()
    agreement = browser.open(session.redirect_url)
    consent = agreement.form_with("consent")
    leaving = browser.send(agreement, consent, {"consent": "on", "bank_code": session.bank_code})
    at_bank = browser.send(leaving, leaving.form_with("signature"))
    return AtBank(browser, at_bank, session)


def walk(msisdn: str, *, bank_code: str, button: str = "sign") -> AtBank:
    """Walk the whole way from the hall to the bank and back."""
    session, reply = open_at_hall(msisdn, bank_code=bank_code)
    if not reply.is_ok:
        raise PageUnexpected(f"the hall's session was refused: {reply.status} {reply.code}")
    at_bank = go_to_bank(session)
    at_bank.press(button)
    return at_bank
