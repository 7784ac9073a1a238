"""Rows into PostgreSQL by COPY: every value comes back as it was."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from unipay.exchange.copying import copy_rows

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


def copied(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copied")
        cursor.execute(
            "CREATE TEMP TABLE copied (place bigint, words text, list text[], flag boolean, at timestamptz)"
        )
    count = copy_rows("copied", ["place", "words", "list", "flag", "at"], iter(rows))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM copied ORDER BY place")
        found = cursor.fetchall()
    assert count == len(rows)
    return found


def test_nothing_and_an_empty_text_stay_apart() -> None:
    at = datetime(2026, 10, 1, 8, tzinfo=UTC)

    found = copied([(1, None, [], True, at), (2, "", ["a", "b"], False, None)])

    assert found == [(1, None, [], True, at), (2, "", ["a", "b"], False, None)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=3)), max_size=8))
def test_any_text_comes_back_as_it_was(values: list[tuple[str, list[str]]]) -> None:
    rows = [(place, words, listed, None, None) for place, (words, listed) in enumerate(values)]

    assert copied(rows) == rows


def test_more_rows_than_one_read_takes_arrive_in_full() -> None:
    rows = [(place, f"row {place}", None, None, None) for place in range(5_001)]

    assert copied(rows) == rows
