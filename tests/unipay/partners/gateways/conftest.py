"""A bank, a province and the servers they answer from."""

from collections.abc import Iterator

import pytest

from tests.factories import make_partner
from tests.partner_server import PartnerServer, serving
from unipay.errors import Finality
from unipay.partners import keys
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner, ResultCode


@pytest.fixture(autouse=True)
def _no_remembered_keys() -> None:
    keys.forget_keys()


@pytest.fixture
def bank(db: None) -> Partner:
    _map_codes(
        PartnerKind.BANK, {"0000": ("", Finality.SUCCESS), "4004": ("not_told", Finality.FINAL_FAILURE)}
    )
    return make_partner("ICBC", "BANK", read_timeout_ms=300)


@pytest.fixture
def province(db: None) -> Partner:
    codes = {
        "0000": ("", Finality.SUCCESS),
        "2001": ("number_not_normal", Finality.FINAL_FAILURE),
        "2005": ("unknown_number", Finality.FINAL_FAILURE),
        "9000": ("", Finality.UNKNOWN),
    }
    _map_codes(PartnerKind.PROVINCE, codes)
    return make_partner("ZJ", "PROVINCE", read_timeout_ms=300)


@pytest.fixture
def bank_server(bank: Partner) -> Iterator[PartnerServer]:
    with serving(bank) as server:
        yield server


@pytest.fixture
def province_server(province: Partner) -> Iterator[PartnerServer]:
    with serving(province) as server:
        yield server


def _map_codes(kind: str, codes: dict[str, tuple[str, Finality]]) -> None:
    ResultCode.objects.bulk_create(
        ResultCode(kind=kind, code=code, reason_code=reason_code, finality=finality)
        for code, (reason_code, finality) in codes.items()
    )
