"""What the guide tells of files is how files are."""

from collections import defaultdict

import pytest
from django.utils.translation import override

from unipay.api.guide import guide
from unipay.exchange.kinds import all_kinds
from unipay.exchange.models import LayoutColumn


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "## 向我方发送文件\n"), ("en", "## Sending us a file\n")]
)
def test_the_guide_has_a_chapter_on_files(language: str, title: str) -> None:
    with override(language):
        text = guide()

    assert title in text
    assert "`piece_size`" in text
    assert all(f"`{kind.name}`" in text for kind in all_kinds())


@pytest.mark.django_db
def test_our_own_layouts_are_what_the_guide_says() -> None:
    columns = LayoutColumn.objects.filter(layout__code__startswith="neutral_").order_by("position")
    shipped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column in columns.select_related("layout"):
        shipped[column.layout.kind, column.section].append(column.field)

    for kind in all_kinds():
        assert shipped[kind.name, "DETAIL"] == [field.name for field in kind.fields]
        assert shipped[kind.name, "HEADER"] == ["partner_code", "business_date", "cut_off_at", "file_no"]
        assert shipped[kind.name, "TRAILER"] == ["row_count", *(["total_fen"] if kind.total else [])]
