"""What the simulated partners do with a number, by its last four digits: 0000 to 8999 are ordinary, the
reserved ones from 9000 on each show one thing that goes wrong between us and a partner."""

from unipay.sandbox.money_scenarios import MONEY_SCENARIOS
from unipay.sandbox.scenario import (
    ANNOUNCE_RESULT,
    CHECK_ELIGIBILITY,
    CONTRACT_CANCELLED,
    CONTRACT_CHANGED,
    CONTRACT_CONFIRMED,
    CONTRACT_FILE,
    CORRECT_CONTRACTS,
    CREDIT,
    DEBIT,
    LAND_RECHARGES,
    NUMBER_STATUS,
    QUERY_CONTRACTS,
    QUERY_RECHARGES,
    QUERY_SIGNING,
    REFUND_RECHARGE,
    RESERVED_FROM,
    SIGNING_OUTCOME,
    TAKE_BACK_RECHARGE,
    UNMAPPED_CODE,
    Effect,
    Scenario,
    Side,
    row,
)

__all__ = [
    "ANNOUNCE_RESULT",
    "CHECK_ELIGIBILITY",
    "CONTRACT_CANCELLED",
    "CONTRACT_CHANGED",
    "CONTRACT_CONFIRMED",
    "CONTRACT_FILE",
    "CORRECT_CONTRACTS",
    "CREDIT",
    "DEBIT",
    "LAND_RECHARGES",
    "NUMBER_STATUS",
    "QUERY_CONTRACTS",
    "QUERY_RECHARGES",
    "QUERY_SIGNING",
    "REFUND_RECHARGE",
    "RESERVED_FROM",
    "SIGNING_OUTCOME",
    "TAKE_BACK_RECHARGE",
    "UNMAPPED_CODE",
    "Effect",
    "Scenario",
    "Side",
    "SCENARIOS",
    "is_reserved",
    "scenario_in",
    "scenario_of",
    "scenario_table",
    "side_title",
]

_ASKED = (Side.PROVINCE, CHECK_ELIGIBILITY)
_TOLD = (Side.PROVINCE, CONTRACT_CHANGED)
_ANNOUNCES = (Side.BANK, ANNOUNCE_RESULT)
_QUERIED = (Side.BANK, QUERY_SIGNING)
_BANKS_BOOK = (Side.BANK, QUERY_CONTRACTS)
_PROVINCES_BOOK = (Side.PROVINCE, QUERY_CONTRACTS)
_BANKS_FILE = (Side.BANK, CONTRACT_FILE)
_CORRECTED = (Side.PROVINCE, CORRECT_CONTRACTS)
_HALL_TOLD = (Side.HALL, SIGNING_OUTCOME)


# fmt: off
SCENARIOS: tuple[Scenario, ...] = (
    row("9001", _ASKED, Effect.ALREADY_SIGNED, "省侧答：已有正式签约", "Province: already signed (formal)"),
    row("9002", _ASKED, Effect.REFUSED, "省侧拒绝：号码状态不正常", "Province refuses: number not normal", "2001"),
    row("9003", _ASKED, Effect.REFUSED, "省侧拒绝：已有互斥业务", "Province refuses: exclusive service", "2002"),
    row("9004", _ASKED, Effect.REFUSED, "省侧拒绝：黑名单号码", "Province refuses: blacklisted", "2003"),
    row("9005", _ASKED, Effect.REFUSED, "省侧拒绝：副号不可签约", "Province refuses: secondary number", "2004"),
    row("9006", _ASKED, Effect.REFUSED, "省侧拒绝：号码不存在", "Province refuses: unknown number", "2005"),
    row("9011", _ASKED, Effect.SLOW, "省侧应答慢，但未超时", "Province is slow, but within the time-out"),
    row("9012", _ASKED, Effect.SILENT, "省侧不应答（超时）", "Province never answers (time-out)"),
    row("9013", _ASKED, Effect.WRONGLY_SIGNED, "省侧应答签名错误", "Province's answer is wrongly signed"),
    row("9014", _ASKED, Effect.UNMAPPED, "省侧答未登记的返回码", "Province: unmapped result code", UNMAPPED_CODE),
    row("9015", _ASKED, Effect.UNAVAILABLE, "省侧系统不可用（503）", "Province's system is down (503)"),
    row("9021", _TOLD, Effect.REFUSED, "省侧拒绝正式签约", "Province refuses the formal contract", "3001"),
    row("9022", _TOLD, Effect.FAILS_TWICE, "签约通知两次失败后成功", "Change notice fails twice, then is taken"),
    row("9023", _TOLD, Effect.UNMAPPED, "签约通知答未登记的返回码", "Change notice: unmapped code", UNMAPPED_CODE),
    row("9030", _ANNOUNCES, Effect.ANNOUNCED_ANEW, "银行以新请求号再次通知",
        "Bank announces again under a new request number"),
    row("9031", _ANNOUNCES, Effect.ANNOUNCED_TWICE, "银行以同一请求号重复通知",
        "Bank announces twice (same request number)"),
    row("9032", _ANNOUNCES, Effect.ANNOUNCED_LATE, "银行迟到：查询答处理中，按钮补发",
        "Bank is late: queries say PENDING until told to announce"),
    row("9033", _ANNOUNCES, Effect.CONTRADICTING, "银行先通知失败，后通知成功", "Bank says FAILED, then SIGNED"),
    row("9034", _ANNOUNCES, Effect.ANNOUNCED_WRONGLY_SIGNED, "银行通知签名错误", "Bank's result is wrongly signed"),
    row("9035", _QUERIED, Effect.SILENT, "银行不通知，也不应答查询", "Bank neither announces nor answers queries"),
    row("9036", _ANNOUNCES, Effect.ACCOUNT_INVALID, "银行账户校验失败", "Bank's account check fails"),
    row("9037", _ANNOUNCES, Effect.NOTICE_LOST, "银行通知丢失，查询答已签约", "Bank's notice lost; query: SIGNED"),
    row("9038", _ANNOUNCES, Effect.NEVER_SIGNED, "银行未签约，查询答未签约", "Bank never signed; query: NOT_SIGNED"),
    row("9039", _ANNOUNCES, Effect.TERMS_TOO_HIGH, "银行条款超过省侧上限", "Bank's terms exceed the maximum"),
    row("9040", _ANNOUNCES, Effect.OVERTAKEN, "另一家银行柜台抢先签约：重复签约",
        "Another bank signs at its counter meanwhile: a duplicate"),
    row("9041", _HALL_TOLD, Effect.UNAVAILABLE, "网厅接口不可用（503）", "Hall's endpoint is down (503)"),
    row("9051", _BANKS_BOOK, Effect.SILENT, "银行不应答账面查询", "Book query: the bank never answers"),
    row("9052", _BANKS_BOOK, Effect.SLOW, "银行账面查询应答慢，但未超时",
        "Book query: the bank is slow, but within the time-out"),
    row("9053", _BANKS_BOOK, Effect.WRONGLY_SIGNED, "银行账面查询应答签名错误",
        "Book query: the bank's answer is wrongly signed"),
    row("9054", _BANKS_BOOK, Effect.FORGETFUL, "银行账面查询答：无此签约（与通知矛盾）",
        "Book query: the bank knows of no contract, against its own notice"),
    row("9055", _PROVINCES_BOOK, Effect.SILENT, "省侧不应答账面查询", "Book query: the province never answers"),
    row("9056", _PROVINCES_BOOK, Effect.OUT_OF_DATE, "省侧账面查询答：仍为旧银行",
        "Book query: the province still holds another bank's contract"),
    row("9057", _PROVINCES_BOOK, Effect.UNAVAILABLE, "省侧账面查询不可用（503）",
        "Book query: the province's system is down (503)"),
    row("9061", _BANKS_FILE, Effect.LEFT_OUT, "银行核对文件中无此签约", "Bank's file: lost the contract"),
    row("9062", _BANKS_FILE, Effect.OTHER_TERMS, "银行核对文件中条款不同", "Bank's file: has other terms"),
    row("9063", _BANKS_FILE, Effect.ENDED_UNTOLD, "银行已解约但未通知", "Bank's file: terminated, we were not told"),
    row("9065", _TOLD, Effect.NOT_NOTED, "省侧应答成功但未入账（缺）",
        "Province takes the notice, but does not note it (missing)"),
    row("9066", _TOLD, Effect.NOTED_WRONG, "省侧记错条款（不一致）", "Province notes other terms (differs)"),
    row("9067", _TOLD, Effect.END_NOT_NOTED, "省侧未记解约（多）", "Province does not note the end (has too much)"),
    row("9071", _CORRECTED, Effect.REFUSED, "省侧未入账，并拒绝差错处理",
        "Province does not note it, and refuses the correction", "4001"),
    row("9072", _CORRECTED, Effect.ANSWERED_SECOND_TIME, "省侧未入账，差错处理漏答，重发后才处理",
        "Province does not note it, and answers the correction only when it is sent again"),
    row("9073", _CORRECTED, Effect.ANNOUNCED_TWICE, "省侧未入账，同一差错答两次",
        "Province does not note it, and answers the correction twice"),
    row("9074", _CORRECTED, Effect.ANSWERED_BOTH_WAYS, "省侧未入账，同一差错先答成功又答拒绝",
        "Province does not note it, and answers the correction both done and refused"),
    *MONEY_SCENARIOS,
)
# fmt: on

_BY_ENDING = {each.ending: each for each in SCENARIOS}
_SIDES = {
    Side.PROVINCE: ("省", "province"),
    Side.BANK: ("银行", "bank"),
    Side.HALL: ("网厅", "hall"),
}


def scenario_of(msisdn: str) -> Scenario | None:
    """Return the scenario a number is reserved for, None for an ordinary number."""
    return _BY_ENDING.get(msisdn[-4:])


def scenario_in(operation: str, *, msisdn: str, side: Side | None = None) -> Scenario | None:
    """Return the number's scenario when it shows itself in this operation, of this side where it is given."""
    found = scenario_of(msisdn)
    if found is None or found.operation != operation or side not in (None, found.side):
        return None
    return found


def is_reserved(msisdn: str) -> bool:
    """Whether the number's last four digits are kept for scenarios."""
    return msisdn[-4:] >= RESERVED_FROM


def side_title(side: Side, *, language: str) -> str:
    """Return the word for a side, in Chinese unless English is asked for."""
    chinese, english = _SIDES[side]
    return english if language.startswith("en") else chinese


def scenario_table(language: str) -> str:
    """Return the scenarios as a markdown table for the API docs."""
    english = language.startswith("en")
    head = ("Last four digits", "Who", "What happens") if english else ("末四位", "哪一方", "会发生什么")
    ordinary = "Ordinary: even is prepaid, odd is postpaid with auto-pay allowed"
    ordinary_zh = "普通号码：偶数为预付费，奇数为后付费且允许自动缴费"
    rows = [head, ("---", "---", "---"), ("0000–8999", "", ordinary if english else ordinary_zh)]
    rows += [(s.ending, side_title(s.side, language=language), s.title(language)) for s in SCENARIOS]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
