"""Structured logs: JSON lines in production, readable lines in development, every one with its request id and
with numbers of people, cards and secrets masked, wherever in an event they turn up."""

import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "***"
_SECRET_KEY = re.compile(
    r"authorization|cookie|password|passwd|secret|token|private|credential|(^|_)signature$|encryption_key|index_key",
    re.IGNORECASE,
)
_PERSONAL_KEY = re.compile(r"^(holder|holder_name|subscriber_name|customer_name|full_name)$", re.IGNORECASE)
_MASKS = (
    # Credentials: a signed request's header, a bearer or basic one, a password within a URL, a private key.
    (
        re.compile(r'(?i)\b(signature|password|secret|token)(["\']?\s*[=:]\s*["\']?)[^\s"\'&,;}]+'),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?)[^\r\n]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic) [\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), rf"\1{HIDDEN}@"),
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL),
        HIDDEN,
    ),
    # Whoever has a subscriber's link can act for the subscriber.
    (re.compile(r"(/pay/signing/)[\w-]+"), rf"\1{HIDDEN}"),
    # Identity numbers, then card and account numbers, plain or in groups of four, then mobile numbers.
    (re.compile(r"(?<!\d)\d{14}(\d{3}[\dXx])(?![\dXx])"), r"**************\1"),
    (re.compile(r"(?<!\d)(?:\d{4}[ -]){3,4}\d{1,4}(?!\d)"), "****************"),
    (re.compile(r"(?<!\d)\d{11,28}(\d{4})(?!\d)"), r"************\1"),
    (re.compile(r"(?<!\d)((?:\+?86)?1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),
)


def mask_text(text: str) -> str:
    """Return the text with mobile, identity and card numbers, credentials and keys made unreadable."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def mask_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask every value of a log event, however deep; a structlog processor."""
    return {key: _masked(key, value) for key, value in event.items()}


def logging_config(*, json: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING, and set structlog up so that both write the same lines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.UnicodeDecoder(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not json:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    # A traceback is text too: it is written out before it is masked.
                    structlog.processors.format_exc_info,
                    mask_event,
                    renderer,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # django_structlog reports each request already, with its id.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "httpx": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "django_celery_beat": {"level": "WARNING"},
        },
    }


def _masked(key: object, value: Any) -> Any:
    if isinstance(key, str) and value and (_SECRET_KEY.search(key) or _PERSONAL_KEY.search(key)):
        return HIDDEN
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, bytes):
        return mask_text(value.decode(errors="replace"))
    if isinstance(value, Mapping):
        return {inner: _masked(inner, held) for inner, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(None, held) for held in value]
    # Numbers are amounts and counts here: what names a person or a card is always text.
    return value if value is None or isinstance(value, int | float) else mask_text(str(value))
