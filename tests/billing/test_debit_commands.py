"""`manage.py debit_run` and `manage.py import_return`: the cycle by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from billing.models import DebitRun
from tests.billing.debits import arranged, items, owing, paid, return_content, subscriber
from tests.billing.factories import make_bill
from tests.neutral_layouts import neutral_layouts  # noqa: F401
from tests.signing.factories import the_province
from unipay.partners.reference import load_result_codes

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("neutral_layouts", "chart", "english"),
]

ORDERED = ("--bank", "ICBC", "--kind", "batch_debit", "--date", "2026-11-05")


def said(capsys: pytest.CaptureFixture[str], *command: str) -> dict[str, Any]:
    """What a command prints for programs."""
    call_command(*command, "--json")
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_the_cycle_goes_from_what_if_to_a_settled_return(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    the_province()
    load_result_codes(kind="BANK")
    arranged()
    owing(1000, 500)
    make_bill(msisdn=subscriber(state="SUSPENDED").msisdn, amount_fen=700)

    what_if = said(capsys, "debit_run", *ORDERED, "--what-if")
    assert (what_if["items"], what_if["asked_fen"], what_if["files"]) == (1, 1500, 1)
    assert what_if["excluded"] == {"NOT_ACTIVE": {"bills": 1, "fen": 700}}
    assert what_if["provinces"] == {"ZJ": {"items": 1, "fen": 1500}}
    assert not DebitRun.objects.exists()

    run = said(capsys, "debit_run", *ORDERED)
    assert (run["state"], run["items"], run["bills"], run["asked_fen"]) == ("SENT", 1, 2, 1500)
    assert [(file["items"], file["state"]) for file in run["files"]] == [(1, "WRITTEN")]
    assert said(capsys, "debit_run", *ORDERED)["run_no"] == run["run_no"]

    path = tmp_path / "return.txt"
    path.write_bytes(return_content(paid(*items(DebitRun.objects.get()))))
    returned = said(capsys, "import_return", str(path))
    assert (returned["state"], returned["settled"], returned["settled_fen"]) == ("SETTLED", 1, 1500)

    call_command("debit_run", *ORDERED)
    assert "15.00" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("import_return", str(path), "--bank", "ICBC", "--kind", "batch_debit")


def test_nobody_knows_whose_return_it_is() -> None:
    with pytest.raises(CommandError, match="Say --bank and --kind"):
        call_command("import_return", "/nowhere/return.txt")


def test_a_bank_without_an_arrangement_debits_nothing() -> None:
    with pytest.raises(CommandError, match="no arrangement"):
        call_command("debit_run", *ORDERED)


def test_a_run_ahead_of_its_date_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    the_province()
    arranged()
    owing(1000)
    warning = "The debit date, 2026-11-05, is still to come, and the run does not wait for it."

    with time_machine.travel("2026-10-20T10:00:00+08:00"):
        call_command("debit_run", *ORDERED, "--what-if", "--json")
        what_if = capsys.readouterr()
        call_command("debit_run", *ORDERED)
        opened = capsys.readouterr()
        call_command("debit_run", *ORDERED)
        again = capsys.readouterr()

    assert json.loads(what_if.out)["warnings"][0] == warning
    assert warning in what_if.err
    assert warning in opened.err
    assert warning not in again.err
