"""What `manage.py check --deploy` asks of a production configuration beyond Django's own questions."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LOCAL_CACHES = ("locmem", "dummy")
MIN_TOKEN_LENGTH = 24


@register(Tags.security, deploy=True)
def production_values(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Name every value that serves a development machine and must not serve the public."""
    return [*_secrets(), *_services(), *_exposure()]


def _secrets() -> Iterator[CheckMessage]:
    own_keys = settings.UNIPAY_DATA_DIR / "dev_keys.json"
    made_here = own_keys.read_text() if own_keys.exists() else ""
    for name in ("SECRET_KEY", "UNIPAY_ENCRYPTION_KEYS", "UNIPAY_BLIND_INDEX_KEY"):
        value = getattr(settings, name)
        if not value or f'"{value}"' in made_here:
            yield Error(
                f"{name} is the development one.", hint=f"Set {name} in the environment.", id="unipay.E001"
            )
    sealing = {line.partition(":")[2].strip() for line in settings.UNIPAY_ENCRYPTION_KEYS.split(",")}
    if settings.UNIPAY_BLIND_INDEX_KEY in sealing:
        yield Error(
            "UNIPAY_BLIND_INDEX_KEY is also an encryption key: whoever learns one reads and finds everything.",
            hint="Make the blind index a key of its own.",
            id="unipay.E008",
        )
    if len(settings.METRICS_TOKEN) < MIN_TOKEN_LENGTH:
        yield Warning(
            "METRICS_TOKEN is missing or short: /metrics answers nobody and /readyz tells no details.",
            hint=f"Set METRICS_TOKEN to at least {MIN_TOKEN_LENGTH} random characters.",
            id="unipay.W001",
        )


def _services() -> Iterator[CheckMessage]:
    if settings.DATABASE_IS_EMBEDDED:
        yield Error(
            "The embedded PostgreSQL serves one machine, without backups.",
            hint="Set DATABASE_URL.",
            id="unipay.E002",
        )
    if urlsplit(settings.CELERY_BROKER_URL).scheme in ("", "filesystem", "memory"):
        yield Error(
            "The broker is a directory of this machine.",
            hint="Set CELERY_BROKER_URL to RabbitMQ or Redis.",
            id="unipay.E003",
        )
    if any(kind in settings.CACHES["default"]["BACKEND"] for kind in LOCAL_CACHES):
        yield Error(
            "The cache is not shared: rate limits and lock-outs would count per process.",
            hint="Set CACHE_URL to Redis.",
            id="unipay.E004",
        )


def _exposure() -> Iterator[CheckMessage]:
    if settings.UNIPAY_SANDBOX:
        yield Error("The sandbox is on.", hint="Unset UNIPAY_SANDBOX.", id="unipay.E005")
    if "*" in settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS lets every name in.", hint="Name the hosts.", id="unipay.E006")
    if urlsplit(settings.UNIPAY_PUBLIC_URL).scheme != "https":
        yield Error(
            "UNIPAY_PUBLIC_URL is not https: subscribers and banks would be sent to an open line.",
            hint="Set UNIPAY_PUBLIC_URL to the public https address.",
            id="unipay.E007",
        )
    if not settings.UNIPAY_REQUIRE_TWO_FACTOR:
        yield Error(
            "Staff may log in with a password alone.",
            hint="Unset UNIPAY_REQUIRE_TWO_FACTOR.",
            id="unipay.E009",
        )
    if not settings.UNIPAY_TRUSTED_PROXIES:
        yield Warning(
            "UNIPAY_TRUSTED_PROXIES is empty: behind a proxy everybody would share its address, and its lock-outs.",
            hint="Name the addresses of the proxies that end TLS, for instance 10.0.0.0/8.",
            id="unipay.W002",
        )
