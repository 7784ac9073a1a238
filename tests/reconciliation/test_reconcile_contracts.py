"""`manage.py reconcile_contracts`: a file through every stage in the foreground, for people and programs."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.neutral_layouts import neutral_layouts  # noqa: F401
from tests.reconciliation.flows.test_bank_full import ONE, TWO
from tests.reconciliation.world import DAY, full_list, hold
from tests.signing.factories import the_bank, the_province

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("neutral_layouts")]


def given(tmp_path: Path, content: bytes) -> Path:
    the_province()
    path = tmp_path / "book.txt"
    path.write_bytes(content)
    return path


def called(path: Path, *options: str, partner: str = "ICBC") -> str:
    out = StringIO()
    asked = [str(path), "--partner", partner, "--kind", "full", "--business-date", DAY.isoformat(), *options]
    call_command("reconcile_contracts", *asked, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_tells_programs_what_it_found(tmp_path: Path) -> None:
    hold(ONE)
    path = given(tmp_path, full_list([ONE, TWO]))

    told = json.loads(called(path, "--json"))

    assert told["state"] == "CLOSED"
    assert (told["contracts_here"], told["contracts_there"], told["even"], told["lines"]) == (1, 2, 1, 2)
    assert told["differences"] == {"MISSING_HERE": {"CORRECTED": 1}}


def test_tells_people_what_it_found(tmp_path: Path) -> None:
    path = given(tmp_path, full_list([ONE]))

    told = called(path)

    assert "银行有，我方无" in told
    assert "已更正 1" in told


def test_the_same_file_again_is_refused_with_what_came_of_it(tmp_path: Path) -> None:
    path = given(tmp_path, full_list([ONE]))
    called(path)

    with pytest.raises(CommandError, match="R-.*已关闭"):
        called(path)


def test_a_file_that_is_refused_says_why(tmp_path: Path) -> None:
    path = given(tmp_path, full_list([ONE]).replace(b"T|1\n", b"T|2\n"))

    with pytest.raises(CommandError, match="2"):
        called(path)


def test_a_partner_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = given(tmp_path, b"")

    with pytest.raises(CommandError, match="NOBODY"):
        called(path, partner="NOBODY")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    the_bank()

    with pytest.raises(CommandError, match=r"missing\.txt"):
        called(tmp_path / "missing.txt")
