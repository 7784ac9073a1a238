"""What must a file not correct? (domain.md B, the in-flight shield.) SQL conditions about one row of whatever table is
asked about; their arguments are SQL expressions ("found.contract_id", "%(bank)s"), never values, and may be NULL.
"""

from signing.messages import CONTRACT_CHANGED
from signing.models.session import LIVE
from signing.states import OVER, ContractState, Source
from unipay.messaging.models import MessageState

_OVER = ", ".join(f"'{state}'" for state in OVER)
_LIVE = ", ".join(f"'{state}'" for state in LIVE)


def changed_since(*, contract: str, cut_off: str, business_date: str) -> str:
    """Whether something was journalled about the contract after the file's cut-off.

    What an earlier file of the day, or of days before, corrected is no news: it was known at the cut-off.
    """
    return f"""EXISTS (
        SELECT FROM signing_signingtransaction line
        WHERE line.contract_id = {contract} AND line.occurred_at > {cut_off}
            AND NOT (line.source = '{Source.RECONCILIATION}' AND line.business_date <= {business_date})
    )"""


def journalled_on(*, contract: str, day: str, kind: str) -> str:
    """Whether this kind of thing was journalled about the contract for the business date."""
    return f"""EXISTS (
        SELECT FROM signing_signingtransaction line
        WHERE line.contract_id = {contract} AND line.business_date = {day} AND line.kind = {kind}
    )"""


def untold_at(*, contract: str, partner: str, cut_off: str) -> str:
    """Whether the partner had not heard of a change of the contract by the cut-off: it was made, or told, later."""
    return f"""(EXISTS (
        SELECT FROM signing_signingtransaction line
        WHERE line.contract_id = {contract} AND line.occurred_at > {cut_off}
    ) OR EXISTS (
        SELECT FROM signing_contract told JOIN messaging_outboundmessage message
            ON message.subject = 'contract:' || told.contract_no AND message.partner_id = {partner}
        WHERE told.id = {contract} AND message.kind = '{CONTRACT_CHANGED}' AND (
            message.state = '{MessageState.PENDING}'
            OR message.state = '{MessageState.DELIVERED}' AND message.settled_at > {cut_off}
        )
    ))"""


def has_open_case(*, contract: str) -> str:
    """Whether people still decide about the contract, or a decision about it is not acknowledged yet."""
    return f"""(EXISTS (
        SELECT FROM signing_manualcase asked WHERE asked.standing_id = {contract} AND asked.state NOT IN ({_OVER})
    ) OR EXISTS (
        SELECT FROM signing_manualcase asked WHERE asked.contested_id = {contract} AND asked.state NOT IN ({_OVER})
    ))"""


def number_has_open_case(*, msisdn: str, bank: str) -> str:
    """Whether people still decide about a contract of the bank on the number: for what is not here under its own."""
    return f"""EXISTS (
        SELECT FROM signing_contract decided
        WHERE decided.msisdn = {msisdn} AND decided.bank_id = {bank} AND {has_open_case(contract="decided.id")}
    )"""


def is_in_flight(*, msisdn: str, bank: str) -> str:
    """Whether a signing of the number at this bank is under way: provisional, contested, or at the bank's page."""
    return f"""(EXISTS (
        SELECT FROM signing_contract signing
        WHERE signing.msisdn = {msisdn} AND signing.bank_id = {bank}
            AND signing.state IN ('{ContractState.PROVISIONAL}', '{ContractState.CONTESTED}')
    ) OR EXISTS (
        SELECT FROM signing_signingsession session
        WHERE session.msisdn = {msisdn} AND session.bank_id = {bank} AND session.state IN ({_LIVE})
    ))"""


def holder_of(*, msisdn: str, secondary_msisdns: str, contract: str = "NULL::bigint") -> str:
    """The id of a standing contract that holds one of the numbers, other than `contract`; NULL where all are free.

    `secondary_msisdns`: an array of text. As `queries.standing_contract_on` for many rows.
    """
    return f"""(
        SELECT held.contract_id FROM signing_heldnumber held
        WHERE held.msisdn = ANY (array_append({secondary_msisdns}, {msisdn}))
            AND held.contract_id IS DISTINCT FROM {contract}
        ORDER BY held.is_primary DESC, held.id LIMIT 1
    )"""
