"""What can be seen afterwards: Unipay's answers to queries and the partners' own books."""

from unipay.sandbox import client
from unipay.sandbox.models import SandboxContract, SandboxMessage, SandboxSession, SandboxSms
from unipay.sandbox.states import Role


def answers(replies: list[client.Reply]) -> str:
    """Return Unipay's answers in one line: "200 ACTIVE", "422 number_not_normal", "200 CONTESTED case"."""
    return ", ".join(map(answer, replies)) or "nothing announced"


def answer(reply: client.Reply) -> str:
    """Return one answer in a few words."""
    said = reply.code if reply.code else str(reply.body.get("state") or "")
    case = " case" if reply.body.get("case_no") else ""
    replay = " replay" if reply.is_replay else ""
    return f"{reply.status} {said}{case}{replay}".strip()


def contract_at_unipay(row: SandboxContract) -> str:
    """Return the state of a bank's contract as Unipay tells the bank."""
    return str(client.get(row.partner_code, f"/contracts/{row.contract_no}").body.get("state") or "?")


def session_at_unipay(session: SandboxSession) -> str:
    """Return the state of a session and its contract as Unipay tells the hall."""
    body = client.get(session.partner_code, f"/signing-sessions/{session.session_no}").body
    said = (body.get("state"), body.get("contract_state"), body.get("failure_code"))
    return " ".join(str(part) for part in said if part)


def province_book(province_code: str, msisdn: str) -> str:
    """Return how the number stands in its province's book, and how many SMS it got."""
    row = SandboxContract.objects.filter(
        partner_code=province_code, role=Role.PROVINCE, msisdn=msisdn
    ).first()
    count = SandboxSms.objects.filter(partner_code=province_code, msisdn=msisdn).count()
    return f"{row.state if row else 'unknown'}, {count} SMS"


def hall_was_told(session: SandboxSession) -> str:
    """Return what the hall was told of a session, and by whom (a bank or Unipay)."""
    session.refresh_from_db()
    teller = "Unipay" if session.told_by == "UNIPAY" else "bank"
    return f"{session.state} by {teller if session.told_by else 'nobody'}"


def bank_book(row: SandboxContract) -> str:
    """Return how the contract stands in the bank's own book."""
    row.refresh_from_db()
    return f"{row.state}{', confirmed' if row.confirmed_at else ''}"


def received(partner_code: str, operation: str, *, msisdn: str) -> str:
    """Return how the partner answered every sending of our messages about a number: "503, 503, 200 0000"."""
    messages = SandboxMessage.objects.filter(
        partner_code=partner_code, operation=operation, msisdn=msisdn
    ).order_by("id")
    return ", ".join(
        f"{message.status} {(message.answer or {}).get('result_code', '')}".strip() for message in messages
    )
