from io import StringIO

import pytest
from django.core.management import call_command

from unipay.partners.models import NumberSegment, Partner, PartnerPermission, ResultCode
from unipay.partners.queries import home_province
from unipay.partners.reference import load_provinces, load_result_codes, load_segments

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> list[str]:
    output = StringIO()
    call_command("load_reference", *arguments, stdout=output)
    return output.getvalue().splitlines()


def test_the_reference_tables_are_loaded_whole() -> None:
    said = load()

    assert said == [
        "provinces: 31 added, 0 kept though different",
        "number segments: 321 added, 0 kept though different",
        "result codes: 33 added, 0 kept though different",
    ]
    assert Partner.objects.filter(kind="PROVINCE", keys=None).count() == 31
    assert home_province("13805710001").name == "浙江"


def test_loading_again_changes_nothing() -> None:
    load()

    said = load()

    assert {line.split(": ")[1] for line in said} == {"0 added, 0 kept though different"}
    assert (Partner.objects.count(), NumberSegment.objects.count(), ResultCode.objects.count()) == (
        31,
        321,
        33,
    )


def test_each_province_gets_the_rights_of_its_kind_once() -> None:
    load()
    zhejiang = Partner.objects.get(code="ZJ")
    zhejiang.permissions.exclude(operation="requests.read").delete()

    load()

    assert list(zhejiang.permissions.values_list("operation", flat=True)) == ["requests.read"]
    assert PartnerPermission.objects.filter(partner__code="BJ").count() == 12


def test_what_staff_changed_is_kept_unless_it_is_to_be_overwritten() -> None:
    load()
    ResultCode.objects.filter(kind="PROVINCE", code="9998").update(finality="FINAL_FAILURE")
    NumberSegment.objects.filter(prefix="1380571").update(province=Partner.objects.get(code="SH"))

    kept = load()

    assert kept[1:] == [
        "number segments: 0 added, 1 kept though different",
        "result codes: 0 added, 1 kept though different",
    ]
    assert home_province("13805710001").code == "SH"
    assert load("--overwrite")[1:] == [
        "number segments: 0 added, 1 overwritten",
        "result codes: 0 added, 1 overwritten",
    ]
    assert home_province("13805710001").code == "ZJ"
    assert ResultCode.objects.get(kind="PROVINCE", code="9998").finality == "UNKNOWN"


def test_tables_are_loaded_in_a_handful_of_statements(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(20):
        load_provinces()
        load_segments()
        load_result_codes()


def test_one_kind_can_be_given_its_codes_alone() -> None:
    loaded = load_result_codes(kind="HALL")

    assert loaded.added == 2
    assert set(ResultCode.objects.values_list("kind", flat=True)) == {"HALL"}
