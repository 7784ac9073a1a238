"""What a log line must never show, and what it must."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.conf import settings

from unipay.logging import logging_config, mask_event, mask_text


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Log as production does, into a text the test can read."""
    written = StringIO()
    config = logging_config(json=True, level="INFO")
    config["handlers"]["console"]["stream"] = written
    logging.config.dictConfig(config)
    yield written
    structlog.contextvars.clear_contextvars()
    logging.config.dictConfig(settings.LOGGING)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("signed 13800100001 today", "signed 138****0001 today"),
        ("msisdn=+8613800100001&x", "msisdn=+86138****0001&x"),
        ("/contracts?msisdn=13800100001", "/contracts?msisdn=138****0001"),
        ("subject number:13800100001", "subject number:138****0001"),
        ("GET /pay/signing/5P1ONbb-H_rR6P/result", "GET /pay/signing/***/result"),
        ("11010519491231002X", "**************002X"),
        ("id 110105194912310021.", "id **************0021."),
        ("card 6222021234567890123 debited", "card ************0123 debited"),
        ("card 6222 0212 3456 7890 123", "card ****************"),
        ("account 622202123456789", "account ************6789"),
        ('key="k1",signature="AbC+/=="', 'key="k1",signature="***"'),
        ('Authorization: UNIPAY-RSA-SHA256 partner="ICBC",signature="x"', "Authorization: ***"),
        ("sent Bearer abcdefgh12345678 along", "sent Bearer *** along"),
        ("amqp://unipay:hunter2@broker:5672//", "amqp://unipay:***@broker:5672//"),
        ("password=hunter2 given", "password=*** given"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "***"),
    ],
)
def test_people_cards_and_secrets_are_masked_in_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "C-7K3M-9QXD-2T5W-8RNA-H",
        "2026-11-21T20:11:33.877945Z",
        "timestamp 1700000000",
        "1700000000123 ms",
        "request 20261121-000001 took 12345678 us",
        "9f1c2d3e-4b5a-6c7d-8e9f-0a1b2c3d4e5f",
        "a basic rule",
    ],
)
def test_what_names_nobody_stays_readable(text: str) -> None:
    assert mask_text(text) == text


def test_values_are_masked_however_deep_they_lie() -> None:
    event = {
        "event": "asked",
        "body": {"msisdns": ["13800100001", ("13800100002",)], "holder": "张三", "amount_fen": 13800100001},
        "headers": {"Authorization": "anything", "X-Request-ID": "r1"},
        "secret_key": b"abc",
        "error": ValueError("13800100003 is barred"),
        "ok": True,
        "raw": b"13800100004",
    }

    assert mask_event(None, "info", event) == {
        "event": "asked",
        "body": {"msisdns": ["138****0001", ["138****0002"]], "holder": "***", "amount_fen": 13800100001},
        "headers": {"Authorization": "***", "X-Request-ID": "r1"},
        "secret_key": "***",
        "error": "138****0003 is barred",
        "ok": True,
        "raw": "138****0004",
    }


def test_both_kinds_of_logger_write_json_with_the_request_id(lines: StringIO) -> None:
    structlog.contextvars.bind_contextvars(request_id="r1")

    structlog.get_logger("unipay").info("asked", msisdn="13800100001", city="北京")
    logging.getLogger("library").warning("called %s", "13800100002")

    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (first["event"], first["msisdn"], first["city"]) == ("asked", "138****0001", "北京")
    assert (second["event"], second["level"], second["logger"]) == (
        "called 138****0002",
        "warning",
        "library",
    )
    assert first["request_id"] == second["request_id"] == "r1"


def test_a_traceback_is_masked_too(lines: StringIO) -> None:
    try:
        raise ValueError("13800100001 is barred")
    except ValueError:
        logging.getLogger("unipay").exception("failed")

    (line,) = (json.loads(line) for line in lines.getvalue().splitlines())
    assert "138****0001 is barred" in line["exception"]
    assert "13800100001" not in lines.getvalue()
