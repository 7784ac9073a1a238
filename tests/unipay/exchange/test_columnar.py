"""What DuckDB computes by columns is what Python computes one by one."""

from collections.abc import Iterator

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from unipay import bank_card, encryption, identity
from unipay.exchange.columnar import columnar, define_blind_index
from unipay.exchange.faults import OutOfRoom

printable = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with columnar() as opened:
        yield opened


def computed(connection: DuckDBPyConnection, expression: str, value: str) -> str:
    (result,) = connection.execute(f"SELECT {expression} FROM (SELECT ? AS x)", [value]).fetchone() or ("",)
    return str(result)


@settings(max_examples=40)
@given(value=printable | st.text("0123456789", max_size=32))
def test_masks_are_those_of_the_screens(connection: DuckDBPyConnection, value: str) -> None:
    assert computed(connection, "mask_account(x)", value) == bank_card.mask(value)
    assert computed(connection, "mask_identity_no(x)", value) == identity.mask(value)
    assert computed(connection, "mask_name(x)", value) == identity.mask_name(value)


@settings(max_examples=40)
@given(value=printable)
def test_the_blind_index_is_the_contracts_own(connection: DuckDBPyConnection, value: str) -> None:
    define_blind_index(connection, context="contract.account")

    expected = encryption.default().blind_index(value, context="contract.account")

    assert computed(connection, "blind_index(x)", value) == expected


def crammed_into_a_megabyte() -> None:
    with columnar() as opened:
        opened.execute("SET memory_limit = '1MB'")
        opened.execute("CREATE TABLE t AS SELECT i, repeat('x', 1000) FROM range(1000000) r(i)")


def test_too_little_memory_is_told_as_such() -> None:
    with pytest.raises(OutOfRoom):
        crammed_into_a_megabyte()
