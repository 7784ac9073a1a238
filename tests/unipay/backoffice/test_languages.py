"""The back office speaks Chinese first and English as well, also where libraries or the database speak English only."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from tests.factories import make_partner
from unipay.partners.models import Partner

pytestmark = pytest.mark.django_db

CHINESE = {"Accept-Language": "zh-CN"}
ENGLISH = {"Accept-Language": "en"}


def page(client: Client, address: str, language: dict[str, str]) -> str:
    return client.get(address, headers=language).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_times_are_written_the_same_in_every_language(language: str) -> None:
    moment = localtime(datetime(2026, 11, 21, 20, 32, tzinfo=UTC))

    with override(language):
        assert date_format(moment, "DATETIME_FORMAT") == "2026-11-22 04:32"
        assert date_format(moment, "DATE_FORMAT") == "2026-11-22"


def test_a_partner_is_named_in_the_language_of_the_moment() -> None:
    bank = Partner(code="ICBC", name="中国工商银行", name_en="Industrial and Commercial Bank of China")

    with override("en"):
        assert str(bank) == "ICBC Industrial and Commercial Bank of China"
    with override("zh-hans"):
        assert str(bank) == "ICBC 中国工商银行"


def test_a_partner_without_an_english_name_keeps_its_own() -> None:
    with override("en"):
        assert Partner(code="ICBC", name="中国工商银行").title == "中国工商银行"


def test_what_libraries_say_is_said_in_chinese(administrator: Client) -> None:
    make_partner("ICBC")

    chinese = page(administrator, "/admin/partners/partner/", CHINESE)

    assert "过滤器" in chinese or "筛选" in chinese
    assert "选择全部" in chinese
    assert "Search apps" not in chinese


def test_the_scripts_of_the_admin_speak_chinese(administrator: Client) -> None:
    assert "\\u6dfb\\u52a0\\u5168\\u90e8" in page(administrator, "/admin/jsi18n/", CHINESE)


def test_rights_are_named_in_the_language_of_the_reader(administrator: Client) -> None:
    chinese = page(administrator, "/admin/auth/group/add/", CHINESE)
    english = page(administrator, "/admin/auth/group/add/", ENGLISH)

    assert "签约管理 | 签约关系 | 可查看" in chinese
    assert "可以处理人工处理单" in chinese
    assert "Can view" not in chinese
    assert "Signing | contract | Can view" in english


def test_rights_that_open_nothing_are_not_offered(administrator: Client) -> None:
    assert "nonce" not in page(administrator, "/admin/auth/group/add/", ENGLISH)


def test_the_calendar_says_what_each_job_is_for(administrator: Client) -> None:
    call_command("sync_schedule")

    chinese = page(administrator, "/admin/django_celery_beat/periodictask/", CHINESE)
    english = page(administrator, "/admin/django_celery_beat/periodictask/", ENGLISH)

    assert "唤醒信号可能丢失" in chinese
    assert "A wake-up may be lost" not in chinese
    assert "A wake-up may be lost" in english
    assert "Scheduler" not in chinese
