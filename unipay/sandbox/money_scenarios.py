"""The reserved numbers of money (domain.md C): 908x and 909x show provinces, 91xx banks. For a collection the last four
digits of the agreement number count."""

from unipay.sandbox.scenario import (
    CREDIT,
    DEBIT,
    LAND_RECHARGES,
    REFUND_RECHARGE,
    TAKE_BACK_RECHARGE,
    UNMAPPED_CODE,
    Effect,
    Side,
    row,
)

_CREDITS = (Side.PROVINCE, CREDIT)
_LANDS = (Side.PROVINCE, LAND_RECHARGES)
_TAKES_BACK = (Side.PROVINCE, TAKE_BACK_RECHARGE)
_DEBITS = (Side.BANK, DEBIT)
_REFUNDS = (Side.BANK, REFUND_RECHARGE)

# fmt: off
MONEY_SCENARIOS = (
    row("9080", _CREDITS, Effect.REFUSED, "落地：省侧拒绝入账", "Credit: the province refuses it", "5003"),
    row("9081", _CREDITS, Effect.CREDITED_UNTOLD, "落地：省侧已入账但应答中没有，查询才知",
        "Credit: made, but left out of the answer; a query tells"),
    row("9082", _CREDITS, Effect.NEVER_CREDITED, "落地：省侧从不入账也不应答",
        "Credit: never made, left out of every answer"),
    row("9083", _CREDITS, Effect.CREDITED_SECOND_TIME, "落地：第一次漏掉，再次请求才入账",
        "Credit: left out at first, made when asked again"),
    row("9084", _CREDITS, Effect.UNMAPPED, "落地：未登记的返回码", "Credit: unmapped result code", UNMAPPED_CODE),
    row("9085", _LANDS, Effect.SLOW, "落地：省侧应答慢，但未超时", "Credit: slow, but within the time-out"),
    row("9086", _LANDS, Effect.SILENT, "落地：省侧不应答（超时），未入账",
        "Credit: never answers (time-out), not made"),
    row("9087", _LANDS, Effect.FAILS_TWICE, "落地：两次失败后入账", "Credit: fails twice, then made"),
    row("9091", _TAKES_BACK, Effect.REFUSED, "退回：已消费，省侧拒绝", "Take-back: refused, it is spent", "5001"),
    row("9092", _TAKES_BACK, Effect.FAILS_TWICE, "退回：两次失败后成功", "Take-back: fails twice, then done"),
    row("9093", _TAKES_BACK, Effect.UNMAPPED, "退回：未登记的返回码",
        "Take-back: unmapped result code", UNMAPPED_CODE),
    row("9100", _DEBITS, Effect.REFUSED, "扣款：余额不足", "Debit: not enough money", "1001"),
    row("9101", _DEBITS, Effect.REFUSED, "扣款：超过限额", "Debit: over the account's limit", "1002"),
    row("9102", _DEBITS, Effect.REFUSED, "扣款：账户冻结", "Debit: account frozen", "1003"),
    row("9103", _DEBITS, Effect.REFUSED, "扣款：账户已销户", "Debit: account closed", "1004"),
    row("9104", _DEBITS, Effect.REFUSED, "扣款：无此账户", "Debit: unknown account", "1005"),
    row("9105", _DEBITS, Effect.REFUSED, "扣款：户名不符", "Debit: another holder", "1006"),
    row("9106", _DEBITS, Effect.REFUSED, "扣款：客户已停止扣款", "Debit: stopped by the customer", "1007"),
    row("9107", _DEBITS, Effect.REFUSED, "扣款：无此签约", "Debit: no such contract", "1008"),
    row("9108", _DEBITS, Effect.UNMAPPED, "扣款：未登记的返回码", "Debit: unmapped result code", UNMAPPED_CODE),
    row("9111", _DEBITS, Effect.PARTIAL, "扣款：只扣一半", "Debit: only half of it taken"),
    row("9112", _DEBITS, Effect.MORE, "扣款：多扣一元", "Debit: one yuan more than asked"),
    row("9113", _DEBITS, Effect.LEFT_OUT, "扣款：不扣，回盘中没有该笔", "Debit: not made, left out of every return"),
    row("9114", _DEBITS, Effect.ANNOUNCED_TWICE, "扣款：同一回盘中出现两次", "Debit: twice in one return file"),
    row("9115", _DEBITS, Effect.ANSWERED_LATER, "扣款：第一份回盘漏掉，第二份才有",
        "Debit: made, but only in the second return file"),
    row("9116", _DEBITS, Effect.UNDONE_LATER, "扣款：先答成功，第二份回盘又答失败",
        "Debit: first said to be made, then to have failed"),
    row("9117", _DEBITS, Effect.DONE_LATER, "扣款：先答失败，第二份回盘又答成功",
        "Debit: first said to have failed, then to be made"),
    row("9121", _REFUNDS, Effect.FAILS_TWICE, "退款：银行两次失败后成功", "Refund: the bank fails twice, then pays"),
    row("9122", _REFUNDS, Effect.REFUSED, "退款：银行拒绝", "Refund: the bank refuses it", "4003"),
    row("9123", _REFUNDS, Effect.UNMAPPED, "退款：未登记的返回码", "Refund: unmapped result code", UNMAPPED_CODE),
)
# fmt: on
