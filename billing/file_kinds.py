"""The files of bills and debits (domain.md C3 to C6): what provinces bill, what banks are asked and answer, and the
mandates they send."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing import file_pages
from billing.flows import bill_file, debit_batch, debit_return, mandate_file
from billing.kinds import BANK_MANDATES, DEBIT_FAILURES, PROVINCE_BILLS, REQUESTS, RETURNS
from billing.states import DebitWay
from unipay.exchange.kinds import Direction, FieldType, FileField, FileKind, register

_BATCH_NO = FileField("batch_no", _("batch number"), FieldType.TEXT)
_ITEM_NO = FileField("item_no", _("item number"), FieldType.TEXT, required=True, longest=32)
_MSISDN = FileField("msisdn", _("mobile number"), FieldType.MSISDN)
_AGREEMENT_NO = FileField("agreement_no", _("agreement number"), FieldType.TEXT, longest=32)
_ACCOUNT_NUMBER = FileField("account_number", _("account number"), FieldType.ACCOUNT)
_ACCOUNT_MASK = FileField("account_mask", _("account, masked"), FieldType.MASK)
_HOLDER_NAME = FileField("holder_name", _("holder's name"), FieldType.NAME)
_ASKED = FileField("asked_fen", _("amount asked for"), FieldType.FEN, required=True)
_RESULT_CODE = FileField("result_code", _("bank's result code"), FieldType.TEXT, required=True, longest=32)
_CHANGES = (
    ("ADD", pgettext_lazy("mandate", "signed")),
    ("AMEND", pgettext_lazy("mandate", "amended")),
    ("END", pgettext_lazy("mandate", "ended")),
)

_REQUEST_TITLES = {
    DebitWay.BATCH_DEBIT: _("batch debit: request file"),
    DebitWay.COLLECTION: _("collection: request file"),
    DebitWay.OFFLINE: _("offline collection: request file"),
    DebitWay.ONE_CARD: _("one-card: request file"),
    DebitWay.HEAD_OFFICE: _("head-office link: request file"),
}
_RETURN_TITLES = {
    DebitWay.BATCH_DEBIT: _("batch debit: return file"),
    DebitWay.COLLECTION: _("collection: return file"),
    DebitWay.OFFLINE: _("offline collection: return file"),
    DebitWay.ONE_CARD: _("one-card: return file"),
    DebitWay.HEAD_OFFICE: _("head-office link: return file"),
}

for _way in DebitWay:
    register(
        FileKind(
            REQUESTS[_way],
            _REQUEST_TITLES[_way],
            Direction.OUT,
            (
                FileField("batch_no", _("batch number"), FieldType.TEXT),
                _ITEM_NO,
                _MSISDN,
                _AGREEMENT_NO,
                FileField("bank_contract_no", _("bank's contract number"), FieldType.TEXT),
                _ACCOUNT_NUMBER,
                _ACCOUNT_MASK,
                _HOLDER_NAME,
                _ASKED,
                FileField("attempt", _("attempt"), FieldType.INTEGER),
                FileField("billing_month", _("oldest billing month"), FieldType.DATE),
            ),
            key=("item_no",),
            total="asked_fen",
            on_settled=debit_batch.request_settled,
        )
    )
    register(
        FileKind(
            RETURNS[_way],
            _RETURN_TITLES[_way],
            Direction.IN,
            (
                _BATCH_NO,
                _ITEM_NO,
                _RESULT_CODE,
                FileField("debited_fen", _("amount debited"), FieldType.FEN),
                FileField("bank_transaction_no", _("bank's transaction number"), FieldType.TEXT),
                FileField("reason_text", _("reason"), FieldType.TEXT, longest=200),
            ),
            key=("item_no",),
            total="debited_fen",
            on_accepted=debit_return.return_accepted,
            leads_to=file_pages.return_page,
        )
    )

register(
    FileKind(
        BANK_MANDATES,
        _("mandates of a bank"),
        Direction.IN,
        (
            FileField("change", _("what happened"), FieldType.CODE, required=True, choices=_CHANGES),
            FileField("mandate_no", _("bank's mandate number"), FieldType.TEXT, required=True),
            _AGREEMENT_NO,
            _MSISDN,
            _ACCOUNT_NUMBER,
            _HOLDER_NAME,
            FileField("signed_at", _("signed at"), FieldType.DATETIME),
        ),
        key=("mandate_no",),
        on_accepted=mandate_file.mandates_accepted,
    )
)
register(
    FileKind(
        DEBIT_FAILURES,
        _("failed debits"),
        Direction.OUT,
        (
            _BATCH_NO,
            _ITEM_NO,
            _MSISDN,
            _AGREEMENT_NO,
            _ACCOUNT_MASK,
            _ASKED,
            _RESULT_CODE,
            FileField("reason", _("our reason"), FieldType.TEXT),
            FileField("follow_up", _("what follows"), FieldType.TEXT),
        ),
        key=("item_no",),
        total="asked_fen",
    )
)
register(
    FileKind(
        PROVINCE_BILLS,
        _("province's bills"),
        Direction.IN,
        (
            FileField(
                "change",
                _("what happened"),
                FieldType.CODE,
                required=True,
                choices=(
                    (bill_file.ADD, pgettext_lazy("bill", "new")),
                    (bill_file.AMEND, pgettext_lazy("bill", "amended")),
                    (bill_file.CANCEL, pgettext_lazy("bill", "cancelled")),
                ),
            ),
            FileField("province_bill_no", _("province's bill number"), FieldType.TEXT, required=True),
            _MSISDN,
            _AGREEMENT_NO,
            FileField("billing_month", _("billing month"), FieldType.DATE),
            FileField("amount_fen", _("amount"), FieldType.FEN),
            FileField("due_date", _("due"), FieldType.DATE),
            FileField("joined_network_at", _("number belongs to its owner since"), FieldType.DATETIME),
        ),
        key=("province_bill_no",),
        total="amount_fen",
        on_accepted=bill_file.bills_accepted,
    )
)
