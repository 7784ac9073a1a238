"""How a contract is told to partners, as one SQL expression for whole sets: a test holds it equal to
`representation.contract_facts`."""

from signing.terms import Offer

# Beijing has kept one offset since 1991; what was signed before is not in this book.
_OFFSET = "+08:00"


def rfc3339(moment: str) -> str:
    """Return the SQL for a moment as partners read it, without fractions; NULL stays NULL."""
    return f"to_char({moment} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '{_OFFSET}'"


def contract_facts(contract: str, *, bank_code: str) -> str:
    """Return the SQL (jsonb) for the facts of the row called `contract`; `bank_code` is an expression."""
    return f"""jsonb_build_object(
        'contract_no', {contract}.contract_no,
        'state', {contract}.state,
        'version', {contract}.version,
        'msisdn', {contract}.msisdn,
        'secondary_msisdns', to_jsonb({contract}.secondary_msisdns),
        'bank_code', {bank_code},
        'bank_contract_no', {contract}.bank_contract_no,
        'account_mask', {contract}.account_mask,
        'holder_mask', {contract}.holder_mask,
        'channel', {contract}.channel,
        'user_type', {contract}.user_type,
        'terms', jsonb_build_object(
            'recharge_threshold_fen', {contract}.recharge_threshold_fen,
            'recharge_amount_fen', {contract}.recharge_amount_fen,
            'auto_pay', {contract}.auto_pay
        ),
        'terms_offer', {_offer(f"{contract}.offer")},
        'opened_at', {rfc3339(f"{contract}.opened_at")},
        'expires_at', {rfc3339(f"{contract}.expires_at")},
        'signed_at', {rfc3339(f"{contract}.signed_at")},
        'ended_at', {rfc3339(f"{contract}.ended_at")},
        'end_reason', {contract}.end_reason
    )"""


def _offer(kept: str) -> str:
    """What the province allowed, whole: names that were not kept get their defaults."""
    defaults = {"auto_pay_allowed": "'false'::jsonb"}
    pairs = ", ".join(
        f"'{name}', COALESCE({kept} -> '{name}', {defaults.get(name, 'NULL')})"
        for name in Offer.__dataclass_fields__
    )
    return (
        f"CASE WHEN jsonb_typeof({kept}) = 'object' AND {kept} <> '{{}}' THEN jsonb_build_object({pairs}) END"
    )
