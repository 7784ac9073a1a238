from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from tests.factories import make_partner, make_province
from unipay.errors import Finality
from unipay.partners import queries
from unipay.partners.models import MaintenanceWindow, NumberSegment, Partner, PortedNumber, ResultCode
from unipay.partners.queries import Meaning

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def close_for_maintenance(partner: Partner, start: datetime, end: datetime) -> None:
    MaintenanceWindow.objects.create(partner=partner, period=(start, end))


def map_code(**fields: object) -> None:
    ResultCode.objects.create(**{"kind": "BANK", "finality": "FINAL_FAILURE", **fields})


def test_a_partner_is_found_by_its_code_and_only_by_all_of_it() -> None:
    bank = make_partner("ICBC", key_id="")

    assert queries.partner_by_code("ICBC") == bank
    assert queries.partner_by_code("ICB") is None


def test_the_longest_segment_decides_the_home_province() -> None:
    zhejiang = make_province("ZJ", prefix="138", key_id="")
    ningbo = make_province("NB", prefix="1380574", key_id="")

    assert queries.home_province("13805740001") == ningbo
    assert queries.home_province("13805710001") == zhejiang


def test_a_ported_number_is_at_home_where_it_went() -> None:
    make_province("ZJ", prefix="1380571", key_id="")
    shanghai = make_partner("SH", "PROVINCE", key_id="")
    PortedNumber.objects.create(msisdn="13805710001", province=shanghai)

    assert queries.home_province("13805710001") == shanghai
    assert queries.home_province("13805710002").code == "ZJ"


def test_a_number_of_no_segment_has_no_home_province() -> None:
    make_province("ZJ", prefix="1380571", key_id="")

    assert queries.home_province("13905710001") is None


def test_the_home_province_costs_one_query(django_assert_num_queries: object) -> None:
    province = make_province("ZJ", prefix="1380571", key_id="")
    NumberSegment.objects.create(prefix="138", province=province)

    with django_assert_num_queries(1):
        queries.home_province("13805710001")


def test_what_is_not_a_number_is_refused_before_it_is_looked_up() -> None:
    with pytest.raises(ValueError, match="eleven digits"):
        queries.home_province("1380571")


def test_a_bank_in_maintenance_takes_no_new_business_until_its_end() -> None:
    bank = make_partner("ICBC", key_id="")
    close_for_maintenance(bank, NOW, NOW + HOUR)

    assert queries.takes_new_business(bank, NOW - HOUR) is True
    assert queries.takes_new_business(bank, NOW) is False
    assert queries.takes_new_business(bank, NOW + HOUR) is True


@pytest.mark.parametrize(("status", "expected"), [("OPEN", True), ("CLOSED", False), ("SUSPENDED", False)])
def test_only_an_open_partner_takes_new_business(status: str, expected: bool) -> None:
    bank = make_partner("ICBC", key_id="", status=status)

    assert queries.takes_new_business(bank, NOW) is expected


def test_open_banks_are_the_real_banks_that_take_new_signings_now() -> None:
    make_partner("ICBC", key_id="")
    make_partner("ABC", key_id="")
    make_partner("BOC", key_id="", status="CLOSED")
    make_partner("HEBAO", key_id="", is_virtual=True)
    make_province("ZJ", key_id="")
    closed = make_partner("CCB", key_id="")
    close_for_maintenance(closed, NOW - HOUR, NOW + HOUR)

    assert [bank.code for bank in queries.open_banks(NOW)] == ["ABC", "ICBC"]
    assert [bank.code for bank in queries.open_banks(NOW + HOUR)] == ["ABC", "CCB", "ICBC"]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("contract_confirmed", "own_specific"),
        ("contract_cancelled", "own_general"),
    ],
)
def test_the_partners_own_row_comes_before_its_kinds_and_the_operations_before_the_general(
    operation: str, expected: str
) -> None:
    bank = make_partner("ICBC", key_id="")
    map_code(code="4001", reason_code="kind_general")
    map_code(code="4001", operation="contract_cancelled", reason_code="kind_specific")
    map_code(code="4001", partner=bank, reason_code="own_general")
    map_code(code="4001", partner=bank, operation="contract_confirmed", reason_code="own_specific")

    found = queries.meaning(bank, "ANSWER", operation, "4001")

    assert found == Meaning(expected, Finality.FINAL_FAILURE)


def test_without_a_row_of_its_own_the_kinds_row_decides_the_operations_first() -> None:
    bank, other = make_partner("ICBC", key_id=""), make_partner("CCB", key_id="")
    map_code(code="4002", reason_code="general")
    map_code(code="4002", operation="contract_cancelled", reason_code="specific", finality="SUCCESS")
    map_code(code="4002", partner=other, reason_code="somebody_elses")
    map_code(code="4002", kind="PROVINCE", reason_code="another_kinds")

    assert queries.meaning(bank, "ANSWER", "contract_cancelled", "4002") == Meaning(
        "specific", Finality.SUCCESS
    )
    assert queries.meaning(bank, "ANSWER", "query_signing", "4002").reason_code == "general"


def test_an_unmapped_code_is_unknown_and_raises_an_alarm() -> None:
    bank = make_partner("ICBC", key_id="")
    map_code(code="4001", direction="NOTICE", reason_code="said_in_a_notice")
    labels = {"partner": "ICBC", "direction": "ANSWER", "operation": "query_signing"}
    before = REGISTRY.get_sample_value("unipay_unmapped_result_codes_total", labels) or 0

    found = queries.meaning(bank, "ANSWER", "query_signing", "4001")

    assert found == Meaning("", Finality.UNKNOWN, is_mapped=False)
    assert REGISTRY.get_sample_value("unipay_unmapped_result_codes_total", labels) == before + 1
