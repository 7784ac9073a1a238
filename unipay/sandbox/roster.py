"""Who the sandbox plays: the simulated banks and the hall as data; the provinces are the real 31."""

from dataclasses import dataclass

from unipay.signatures import Algorithm


@dataclass(frozen=True)
class SimulatedBank:
    """A simulated bank's code and the properties in which banks differ (domain.md A1, B: several codes, one bank)."""

    code: str
    name: str
    name_en: str
    legal_code: str
    card_prefix: str
    is_virtual: bool = False
    notifies_hall: bool = True
    confirms_by_notice: bool = False
    algorithm: Algorithm = Algorithm.RSA_SHA256


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
    ),
    SimulatedBank("CMB", "招商银行", "China Merchants Bank", "CMB", "621483"),
    SimulatedBank("MOBILEPAY", "手机支付", "Mobile payment", "", "623030", is_virtual=True),
)
HALL = SimulatedHall("HALL", "网上营业厅", "Online hall")

_BANKS = {bank.code: bank for bank in BANKS}


def bank(code: str) -> SimulatedBank:
    """Return the simulated bank of a code; raises KeyError for any other."""
    return _BANKS[code]
