"""A class that no style sheet knows leaves its page without looks, and nothing else would tell."""

import re

from tests.catalogues import ROOT

NAME = re.compile(r"\b(?:sheet|money|recon)-[a-z-]*[a-z]\b(?!-)")


def texts(pattern: str, *places: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for place in places for path in (ROOT / place).rglob(pattern)
    )


def test_every_class_of_the_pages_of_money_and_runs_has_its_looks() -> None:
    pages = texts("*.html", "templates") + texts("*.py", "billing/admin", "reconciliation/admin")
    looks = texts("*.css", "unipay/backoffice", "billing", "reconciliation")

    named = {name for classes in re.findall(r'class="([^"]*)"', pages) for name in NAME.findall(classes)}

    assert len(named) > 40
    assert named - {name[1:] for name in re.findall(r"\.[a-z-]+", looks)} == set()
