"""The page of a file leads to the run it brought."""

import pytest

from reconciliation.file_pages import run_page
from tests.reconciliation.factories import make_file, make_run
from tests.signing.factories import the_bank

pytestmark = pytest.mark.django_db


def test_a_file_leads_to_its_run() -> None:
    run = make_run()

    assert run_page(run.file) == f"/admin/reconciliation/run/{run.pk}/change/"


def test_a_file_that_brought_nothing_leads_nowhere() -> None:
    assert run_page(make_file(the_bank())) == ""
