"""What the guide tells of files is how files are."""

from importlib import import_module

import pytest
from django.utils.translation import override

from unipay.api.guide import guide
from unipay.exchange.kinds import all_kinds


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "## 向我方发送文件\n"), ("en", "## Sending us a file\n")]
)
def test_the_guide_has_a_chapter_on_files(language: str, title: str) -> None:
    with override(language):
        text = guide()

    assert title in text
    assert "`piece_size`" in text
    assert all(f"`{kind.name}`" in text for kind in all_kinds())


def test_our_own_layouts_are_what_the_guide_says() -> None:
    shipped = import_module("unipay.exchange.migrations.0003_ship_neutral_layouts")

    for kind in all_kinds():
        _title, fields = shipped.LAYOUTS[kind.name]

        assert list(fields) == [field.name for field in kind.fields]
    assert (shipped.HEADER, shipped.TRAILER) == (
        ("partner_code", "business_date", "cut_off_at", "file_no"),
        ("row_count",),
    )
