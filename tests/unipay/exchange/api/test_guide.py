"""What the guide tells of files is how files are."""

import pytest
from django.utils.translation import override

from unipay.api.guide import guide
from unipay.exchange.kinds import all_kinds
from unipay.exchange.models import FileLayout, Section


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
    for kind in all_kinds():
        layout = FileLayout.objects.get(kind=kind.name, partner=None)

        detail = layout.columns.filter(section=Section.DETAIL).order_by("position")

        assert [column.field for column in detail] == [field.name for field in kind.fields]
        assert (layout.delimiter, layout.header_mark, layout.detail_mark, layout.trailer_mark) == (
            "|",
            "H",
            "D",
            "T",
        )
