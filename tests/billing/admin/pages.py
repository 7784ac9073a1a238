"""Pages of money as whoever opens them reads them."""

from typing import Any

from django.test import Client
from django.urls import reverse

from tests.plans import statements_sent

MOST_STATEMENTS = 30


def address(row: Any, verb: str = "change") -> str:
    """Where a row of billing is shown, or something is done about it."""
    return reverse(f"admin:billing_{row._meta.model_name}_{verb}", args=[row.pk])


def read(client: Client, where: str, *, most: int = MOST_STATEMENTS) -> str:
    """The page as text, white space folded, with no more questions to the database than a page may ask."""
    with statements_sent() as sent:
        answer = client.get(where)
    assert answer.status_code == 200
    assert len(sent) <= most
    return " ".join(answer.content.decode().split())
