"""Who the sandbox plays: the simulated banks and the hall as data; the provinces are the real 31."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from unipay.signatures import Algorithm


@dataclass(frozen=True)
class SimulatedBank:
    """A simulated bank's code and the properties in which banks differ (domain.md A1, B: several codes, one bank).

    `signs`: it makes contracts with subscribers; those that don't bring their mandates as files. `takes_part`: where an
    account has not enough, it takes what there is. `answers_failures_only`: what its returns leave out was taken.
    `uses_directory`: its files lie in a directory, both ways. `own_codes`: what it says
    instead of the usual result codes of a debit.
    """

    code: str
    name: str
    name_en: str
    legal_code: str
    card_prefix: str
    is_virtual: bool = False
    notifies_hall: bool = True
    confirms_by_notice: bool = False
    algorithm: Algorithm = Algorithm.RSA_SHA256
    signs: bool = True
    answers_failures_only: bool = False
    takes_part: bool = False
    uses_directory: bool = False
    own_codes: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class SimulatedHall:
    """The simulated online hall."""

    code: str
    name: str
    name_en: str


BANKS: tuple[SimulatedBank, ...] = (
    SimulatedBank("ICBC", "中国工商银行", "Industrial and Commercial Bank of China", "ICBC", "622202"),
    SimulatedBank("ABC", "中国农业银行", "Agricultural Bank of China", "ABC", "622848"),
    SimulatedBank("BOC", "中国银行", "Bank of China", "BOC", "621661", algorithm=Algorithm.SM2_SM3),
    SimulatedBank(
        "CCB",
        "中国建设银行",
        "China Construction Bank",
        "CCB",
        "621700",
        notifies_hall=False,
        confirms_by_notice=True,
        takes_part=True,
    ),
    SimulatedBank("CMB", "招商银行", "China Merchants Bank", "CMB", "621483"),
    SimulatedBank("SPDB", "浦发银行", "Shanghai Pudong Development Bank", "SPDB", "622521"),
    SimulatedBank("SPDB_WEB", "浦发银行网银缴费", "SPD Bank, online payments", "SPDB", "622521", signs=False),
    SimulatedBank("MOBILEPAY", "手机支付", "Mobile payment", "", "623030", is_virtual=True),
    SimulatedBank(
        "SXRCB",
        "绍兴农商银行",
        "Shaoxing Rural Commercial Bank",
        "SXRCB",
        "621058",
        signs=False,
        answers_failures_only=True,
    ),
    SimulatedBank(
        "WZRCB",
        "温州农商银行",
        "Wenzhou Rural Commercial Bank",
        "WZRCB",
        "621059",
        signs=False,
        answers_failures_only=True,
        own_codes={"0000": "00", "1001": "51", "1002": "61", "1003": "62", "1004": "78", "1005": "14"},
    ),
    SimulatedBank("TZRCB", "台州农商银行", "Taizhou Rural Commercial Bank", "TZRCB", "621060", signs=False),
    SimulatedBank("JXCARD", "嘉兴一卡通", "Jiaxing one-card", "JXCARD", "623101", signs=False),
    SimulatedBank("HUCARD", "湖州一卡通", "Huzhou one-card", "HUCARD", "623102", signs=False),
    SimulatedBank(
        "NBCARD", "宁波一卡通", "Ningbo one-card", "NBCARD", "623103", signs=False, uses_directory=True
    ),
)
SIGNING_BANKS = tuple(bank for bank in BANKS if bank.signs)
HALL = SimulatedHall("HALL", "网上营业厅", "Online hall")

_BANKS = {bank.code: bank for bank in BANKS}


def bank(code: str) -> SimulatedBank:
    """Return the simulated bank of a code; raises KeyError for any other."""
    return _BANKS[code]
