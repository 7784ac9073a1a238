"""Fields take exactly what the wire format says and convert nothing silently."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field

from unipay.api import fields
from unipay.money import MAX_FEN

CHINA = timezone(timedelta(hours=8))

GOOD: list[tuple[Field, Any, Any]] = [
    (fields.FenField(), 0, 0),
    (fields.FenField(), MAX_FEN, MAX_FEN),
    (fields.FenField(min_value=-5), -5, -5),
    (fields.WholeNumberField(), -(2**70), -(2**70)),
    (fields.QueryNumberField(), "007", 7),
    (fields.MsisdnField(), "13805710001", "13805710001"),
    (fields.RequestNoField(), "A_z-9", "A_z-9"),
    (fields.RequestNoField(), "x" * 64, "x" * 64),
    (fields.BusinessDateField(), "2026-10-01", date(2026, 10, 1)),
    (fields.IdentityNumberField(), "11010519491231002x", "11010519491231002X"),
    (fields.AccountNumberField(), "123456", "123456"),
    (fields.TextField(), "张 三", "张 三"),
    (fields.TextField(allow_blank=True), "", ""),
    (fields.CodeField(choices=["DEBIT"]), "DEBIT", "DEBIT"),
    (fields.FlagField(), False, False),
    (fields.MomentField(), "2026-10-01T08:00:00+08:00", datetime(2026, 10, 1, 8, tzinfo=CHINA)),
    (fields.MomentField(), "2026-10-01T00:00:00.5Z", datetime(2026, 10, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
]

BAD: list[tuple[Field, Any, str]] = [
    *[(fields.FenField(), value, "invalid") for value in (True, 1.0, 1.5, "1", "", [1], {}, "x")],
    (fields.FenField(), -1, "min_value"),
    (fields.FenField(), MAX_FEN + 1, "max_value"),
    (fields.FenField(max_value=10), 11, "max_value"),
    (fields.FenField(), None, "null"),
    *[
        (fields.MsisdnField(), value, "invalid")
        for value in (
            13805710001,
            "1380571000",
            "12805710001",
            "+8613805710001",
            "１3805710001",
            "13805710001\n",
            [],
        )
    ],
    *[
        (fields.RequestNoField(), value, "invalid")
        for value in ("a b", "a.b", "é", "a\n", 1, True, ["a"], "x/y")
    ],
    (fields.RequestNoField(), "", "blank"),
    (fields.RequestNoField(), "x" * 65, "invalid"),
    *[(fields.QueryNumberField(), value, "invalid") for value in ("", " 1", "1.0", "-1", "\u0661", 1, True)],
    *[
        (fields.BusinessDateField(), value, "invalid")
        for value in (
            "2026-02-30",
            "20261001",
            "2026-10-1",
            "2026-10-01T00:00:00Z",
            20261001,
            "0001-01-01",
            "",
        )
    ],
    *[
        (fields.IdentityNumberField(), value, "invalid")
        for value in ("110105194912310021", "110105491231002", 110105194912310021)
    ],
    *[(fields.AccountNumberField(), value, "invalid") for value in ("12345", "1" * 33, "1234-5678", 123456)],
    *[(fields.TextField(), value, "not_text") for value in (1, 1.5, True, [], {})],
    *[(fields.TextField(), value, "padded") for value in (" a", "a ", "a\n", "\u3000a")],
    (fields.TextField(), "a\x1fb", "control_character"),
    (fields.TextField(), "a\u0085b", "control_character"),
    (fields.TextField(), "", "blank"),
    (fields.TextField(max_length=2), "abc", "max_length"),
    *[(fields.CodeField(choices=["1"]), value, "invalid_choice") for value in (1, "2", True, [], {}, "")],
    *[(fields.FlagField(), value, "invalid") for value in (1, 0, "true", "yes", [], {})],
    *[
        (fields.MomentField(), value, "invalid")
        for value in (
            "2026-10-01T08:00:00",
            "2026-10-01 08:00:00+08:00",
            "2026-10-01",
            "2026-13-01T08:00:00Z",
            "2026-10-01T24:00:01Z",
            "2026-10-01T08:00:00+0800",
            "2026-10-01T08:00:00+25:00",
            "0001-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-08:00",
            1700000000,
            "",
        )
    ],
]


@pytest.mark.parametrize(("field", "sent", "value"), GOOD)
def test_what_the_format_says_is_taken(field: Field, sent: Any, value: Any) -> None:
    assert field.run_validation(sent) == value


@pytest.mark.parametrize(("field", "sent", "code"), BAD)
def test_anything_else_is_refused_and_never_converted(field: Field, sent: Any, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.run_validation(sent)

    assert refused.value.get_codes() == [code]
