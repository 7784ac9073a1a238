"""Which contract of ours is it that a partner lists, though it does not stand with us? (domain.md B.) SQL for many."""

from signing.states import ContractState

_FACTS = """jsonb_strip_nulls(jsonb_build_object(
        'contract_no', ended.contract_no, 'bank_contract_no', ended.bank_contract_no,
        'msisdn', ended.msisdn, 'secondary_msisdns', to_jsonb(ended.secondary_msisdns),
        'account_mask', ended.account_mask, 'account_type', ended.account_type,
        'recharge_threshold_fen', ended.recharge_threshold_fen,
        'recharge_amount_fen', ended.recharge_amount_fen, 'auto_pay', ended.auto_pay,
        'state', ended.state, 'end_reason', ended.end_reason))"""


def ended_contracts(*, bank: str, asked: str) -> str:
    """Return a query of the bank's newest ended contract under each `bank_contract_no` of the table `asked`.

    `bank`: an SQL expression. Columns: id, version, province_id, bank_contract_no, and `facts`, its particulars with
    the names of `extract.COLUMNS`, personal data masked.
    """
    return f"""
        SELECT DISTINCT ON (ended.bank_contract_no) ended.id, ended.version, ended.province_id, ended.bank_contract_no,
            {_FACTS} AS facts
        FROM (SELECT DISTINCT bank_contract_no FROM {asked} WHERE bank_contract_no <> '') numbers
        JOIN signing_contract ended ON ended.bank_id = {bank}
            AND ended.bank_contract_no = numbers.bank_contract_no AND ended.state = '{ContractState.TERMINATED}'
        ORDER BY ended.bank_contract_no, ended.id DESC
    """


def known_contracts(*, asked: str) -> str:
    """Return a query of our contracts, in whatever state, under each `contract_no` of the table `asked`.

    Columns: id, version, contract_no and `facts` as of `ended_contracts`.
    """
    return f"""
        SELECT ended.id, ended.version, ended.contract_no, {_FACTS} AS facts
        FROM signing_contract ended WHERE ended.contract_no IN (SELECT contract_no FROM {asked})
    """
