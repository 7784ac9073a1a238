"""`check --deploy` names every development value, and is content with production's."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from unipay.checks import production_values


def ids() -> list[str]:
    return [message.id or "" for message in production_values(None)]


@pytest.fixture(autouse=True)
def production(settings: Settings, tmp_path: Path) -> None:
    settings.UNIPAY_DATA_DIR = tmp_path
    settings.SECRET_KEY = "kept elsewhere"
    settings.UNIPAY_ENCRYPTION_KEYS = "k1:kept elsewhere"
    settings.UNIPAY_BLIND_INDEX_KEY = "kept elsewhere too"
    settings.METRICS_TOKEN = "0123456789abcdef01234567"
    settings.DATABASE_IS_EMBEDDED = False
    settings.CELERY_BROKER_URL = "amqp://broker//"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
    settings.UNIPAY_SANDBOX = False
    settings.ALLOWED_HOSTS = ["unipay.example"]
    settings.UNIPAY_PUBLIC_URL = "https://unipay.example"
    settings.UNIPAY_REQUIRE_TWO_FACTOR = True
    settings.UNIPAY_TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)


def test_production_values_pass() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("UNIPAY_ENCRYPTION_KEYS", "", "unipay.E001"),
        ("UNIPAY_BLIND_INDEX_KEY", "kept elsewhere", "unipay.E008"),
        ("DATABASE_IS_EMBEDDED", True, "unipay.E002"),
        ("CELERY_BROKER_URL", "filesystem://", "unipay.E003"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "unipay.E004"),
        ("UNIPAY_SANDBOX", True, "unipay.E005"),
        ("ALLOWED_HOSTS", ["*"], "unipay.E006"),
        ("UNIPAY_PUBLIC_URL", "http://unipay.example", "unipay.E007"),
        ("METRICS_TOKEN", "short", "unipay.W001"),
        ("UNIPAY_REQUIRE_TWO_FACTOR", False, "unipay.E009"),
        ("UNIPAY_TRUSTED_PROXIES", (), "unipay.W002"),
    ],
)
def test_a_development_value_is_named(settings: Settings, name: str, value: Any, finding: str) -> None:
    setattr(settings, name, value)

    assert ids() == [finding]


@pytest.mark.parametrize("name", ["SECRET_KEY", "UNIPAY_ENCRYPTION_KEYS", "UNIPAY_BLIND_INDEX_KEY"])
def test_a_secret_made_for_a_development_machine_is_refused(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    (tmp_path / "dev_keys.json").write_text('{"some": "made here"}')
    setattr(settings, name, "made here")

    (message,) = production_values(None)

    assert message.id == "unipay.E001"
    assert message.msg == f"{name} is the development one."
