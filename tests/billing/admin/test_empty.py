"""A table that is empty says what to do."""

import pytest
from django.test import Client

from tests.billing.admin.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chart", "english")]


def test_what_is_not_there_yet_says_what_to_do(finance: Client) -> None:
    said = {
        "bill": "No bill has come yet.",
        "recharge": "No money was taken yet.",
        "debitrun": "The calendar opens one on every debit date",
        "mandate": "No mandate yet. Enter one",
        "trialbalance": "one is taken every night",
        "reconciledday": "Compare a bank&#x27;s statement with our figures",
        "arrangement": "No bank debits anything yet.",
        "debitreturn": "staff upload the others under received files",
    }

    for table, words in said.items():
        assert words in read(finance, f"/admin/billing/{table}/")
