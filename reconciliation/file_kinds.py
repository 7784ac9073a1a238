"""The files of contract reconciliation: what banks and provinces send us, and what we send them (domain.md B)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reconciliation import file_pages
from reconciliation.flows import arrival, correction_result, resend
from reconciliation.kinds import (
    BANK_DISCREPANCIES,
    BANK_FULL,
    BANK_INCREMENT,
    CORRECTION_RESULT,
    PROVINCE_CORRECTION,
    PROVINCE_FULL,
    PROVINCE_INCREMENT,
)
from reconciliation.states import Treatment
from signing.states import AccountType, TransactionKind
from unipay.exchange.kinds import Direction, FieldType, FileField, FileKind, register

_CHANGES = tuple(
    (str(kind), kind.label)
    for kind in (TransactionKind.SIGNED, TransactionKind.AMENDED, TransactionKind.TERMINATED)
)
_ACTIONS = tuple((str(each), each.label) for each in (Treatment.ADD, Treatment.UPDATE, Treatment.DELETE))
_RESULTS = (("DONE", _("done")), ("REFUSED", pgettext_lazy("result", "refused")))

_CHANGE = FileField("change", _("what happened"), FieldType.CODE, required=True, choices=_CHANGES)
_OCCURRED = FileField("occurred_at", _("happened at"), FieldType.DATETIME, required=True)
_CONTRACT_NO = FileField("contract_no", _("contract number"), FieldType.TEXT, required=True)
_BANK_CONTRACT_NO = FileField("bank_contract_no", _("bank's contract number"), FieldType.TEXT, required=True)
_BANK_CODE = FileField("bank_code", _("bank's code"), FieldType.TEXT)
_MASK = FileField("account_mask", _("account, masked"), FieldType.MASK)
_NUMBERS = (
    FileField("msisdn", _("mobile number"), FieldType.MSISDN, required=True),
    FileField("secondary_msisdns", _("secondary numbers"), FieldType.MSISDNS),
)
_TERMS = (
    FileField("recharge_threshold_fen", _("recharge threshold"), FieldType.FEN),
    FileField("recharge_amount_fen", _("recharge amount"), FieldType.FEN),
    FileField("auto_pay", _("auto-pay"), FieldType.FLAG),
)
_ACCOUNT = (
    FileField("account_number", _("account number"), FieldType.ACCOUNT),
    _MASK,
    FileField("account_type", _("account type"), FieldType.CODE, choices=tuple(AccountType.choices)),
    FileField("holder_name", _("holder's name"), FieldType.NAME),
    FileField("identity_no", _("identity number"), FieldType.IDENTITY_NO),
)
_SIGNED = FileField("signed_at", _("signed at"), FieldType.DATETIME)
_ORDER_NO = FileField("order_no", _("line of the correction file"), FieldType.INTEGER, required=True)
_RUN_NO = FileField("run_no", _("run number"), FieldType.TEXT, required=True)

register(
    FileKind(
        BANK_INCREMENT,
        _("bank's daily contract increment"),
        Direction.IN,
        (_CHANGE, _BANK_CONTRACT_NO, *_NUMBERS, *_ACCOUNT, *_TERMS, _OCCURRED),
        key=("bank_contract_no", "change", "occurred_at"),
        on_accepted=arrival.file_accepted,
        leads_to=file_pages.run_page,
    )
)
register(
    FileKind(
        BANK_FULL,
        _("bank's monthly contract list"),
        Direction.IN,
        (_BANK_CONTRACT_NO, *_NUMBERS, *_ACCOUNT, *_TERMS, _SIGNED),
        key=("bank_contract_no",),
        on_accepted=arrival.file_accepted,
        leads_to=file_pages.run_page,
    )
)
register(
    FileKind(
        PROVINCE_INCREMENT,
        _("province's daily contract increment"),
        Direction.IN,
        (_CHANGE, _CONTRACT_NO, *_NUMBERS, _BANK_CODE, _MASK, *_TERMS, _OCCURRED),
        key=("contract_no", "change", "occurred_at"),
        on_accepted=arrival.file_accepted,
        leads_to=file_pages.run_page,
    )
)
register(
    FileKind(
        PROVINCE_FULL,
        _("province's monthly contract list"),
        Direction.IN,
        (_CONTRACT_NO, *_NUMBERS, _BANK_CODE, _MASK, *_TERMS),
        key=("contract_no",),
        on_accepted=arrival.file_accepted,
        leads_to=file_pages.run_page,
    )
)
register(
    FileKind(
        PROVINCE_CORRECTION,
        _("correction file for a province"),
        Direction.OUT,
        (
            _RUN_NO,
            _ORDER_NO,
            FileField("action", _("what to do"), FieldType.CODE, required=True, choices=_ACTIONS),
            _CONTRACT_NO,
            *_NUMBERS,
            _BANK_CODE,
            FileField("bank_contract_no", _("bank's contract number"), FieldType.TEXT),
            _MASK,
            *_TERMS,
            _SIGNED,
        ),
        key=("run_no", "order_no"),
        on_settled=resend.correction_settled,
    )
)
register(
    FileKind(
        CORRECTION_RESULT,
        _("province's answer to a correction file"),
        Direction.IN,
        (
            _RUN_NO,
            _ORDER_NO,
            FileField("result", _("result"), FieldType.CODE, required=True, choices=_RESULTS),
            FileField("reason_code", _("reason code"), FieldType.TEXT),
            FileField("reason_text", _("reason"), FieldType.TEXT, longest=200),
        ),
        on_accepted=correction_result.result_accepted,
    )
)
register(
    FileKind(
        BANK_DISCREPANCIES,
        _("lines given back to a bank"),
        Direction.OUT,
        (
            _RUN_NO,
            FileField("line_no", pgettext_lazy("file", "line"), FieldType.INTEGER),
            FileField("bank_contract_no", _("bank's contract number"), FieldType.TEXT, required=True),
            FileField("msisdn", _("mobile number"), FieldType.MSISDN),
            FileField("difference", _("difference"), FieldType.TEXT, required=True, longest=200),
        ),
    )
)
