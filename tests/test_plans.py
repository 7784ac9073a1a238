"""What counts as reading a table whole."""

from datetime import UTC, datetime

import pytest

from tests.plans import tables_read_whole
from tests.signing.many_rows import load_many_rows

CONTRACTS = {"signing_contract"}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_scan_that_a_limit_stops_early_does_not_read_the_table_whole() -> None:
    load_many_rows(now=datetime(2026, 3, 2, 4, 0, tzinfo=UTC))

    def read(sql: str) -> set[str]:
        return tables_read_whole([(sql, None)])

    assert read("SELECT id FROM signing_contract") == CONTRACTS
    assert read("SELECT id FROM signing_contract LIMIT 100") == set()
    assert (
        read("SELECT id FROM signing_contract WHERE bank_contract_no LIKE '%7' || '7%' LIMIT 2000")
        == CONTRACTS
    )
    assert read("SELECT id FROM signing_contract ORDER BY bank_contract_no || '' LIMIT 100") == CONTRACTS
