"""One customer at a bank's counter (domain.md A2)."""

from tests.crash import orders
from tests.crash.desk import Answered, Desk


def sign(desk: Desk, msisdn: str) -> Answered:
    """The bank asks whether the number may be signed, and announces that it was."""
    order = orders.signing(f"A-{msisdn}", bank=desk.partner, msisdn=msisdn)
    asked = desk.until_answered("/signings", order)
    assert asked.status == 201, asked
    return announce(desk, msisdn, contract_no=asked.body["contract_no"])


def announce(desk: Desk, msisdn: str, **opened: str) -> Answered:
    """The bank announces that the number was signed; `opened`: our contract_no or session_no."""
    order = orders.signed(f"R-{msisdn}", bank=desk.partner, msisdn=msisdn, **opened)
    announced = desk.until_answered("/signing-results", order)
    assert (announced.status, announced.body["state"]) == (200, "ACTIVE"), announced
    return announced
