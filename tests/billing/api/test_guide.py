"""What the guide tells of money is in it in both languages, with the limits that hold."""

import pytest
from django.utils.translation import override

from unipay.api.guide import guide


@pytest.mark.parametrize(
    ("language", "title"), [("zh-hans", "# 资金流程\n"), ("en", "# Money, step by step\n")]
)
def test_the_guide_has_a_chapter_on_money(language: str, title: str) -> None:
    with override(language):
        text = guide()

    assert title in text
    for word in (
        "`bank_transaction_no`",
        "`credit_spent`",
        "`back_no`",
        "`5002`",
        "1.00",
        "50,000.00",
        "500",
    ):
        assert word in text
    for path in ("/landings", "/landing-queries", "/landing-take-backs", "/refunds"):
        assert f"`{path}`" in text
