"""A DuckDB of one's own: bounded in memory, spilling encrypted into a private directory, reading from the vault."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from django.conf import settings
from duckdb import DuckDBPyConnection

from unipay import encryption
from unipay.exchange import vault
from unipay.exchange.faults import OutOfRoom

_NO_ROOM = (duckdb.OutOfMemoryException,)
_NO_DISK = ("No space left", "could not write", "max_temp_directory_size", "failed to offload")


@contextmanager
def columnar(vault_seen: vault.Vault | None = None) -> Iterator[DuckDBPyConnection]:
    """Open a DuckDB in memory; what it spills goes with it. Raises OutOfRoom when memory or disk runs out."""
    with vault.working_directory() as directory:
        connection = duckdb.connect(
            config={
                "memory_limit": f"{settings.UNIPAY_MATCHING_MEMORY_MB}MB",
                "threads": settings.UNIPAY_MATCHING_THREADS,
                "temp_directory": str(directory),
                "temp_file_encryption": True,
                # Its own ciphers with a plain random key: what is spilled lives for minutes, in a directory of ours.
                "force_mbedtls_unsafe": True,
                # What is read from a file must keep its order: a line is known by its place.
                "preserve_insertion_order": True,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.register_filesystem(vault_seen or vault.filesystem())
            define_masks(connection)
            with told_apart():
                yield connection
        finally:
            connection.close()


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn what DuckDB says about memory and disk into OutOfRoom."""
    try:
        yield
    except _NO_ROOM as error:
        raise OutOfRoom(str(error)[:400]) from error
    except duckdb.IOException as error:
        if any(sign in str(error) for sign in _NO_DISK):
            raise OutOfRoom(str(error)[:400]) from error
        raise


def define_blind_index(connection: DuckDBPyConnection, *, context: str, name: str = "blind_index") -> None:
    """Define the macro blind_index(x): what `encryption.default().blind_index(x, context=…)` returns, by columns."""
    inner, outer = encryption.default().blind_index_pads(context=context)
    connection.execute(f"SET VARIABLE {name}_inner = $pad", {"pad": inner})
    connection.execute(f"SET VARIABLE {name}_outer = $pad", {"pad": outer})
    connection.execute(
        f"CREATE OR REPLACE MACRO {name}(x) AS sha256(getvariable('{name}_outer')"
        f" || unhex(sha256(getvariable('{name}_inner') || encode(x))))"
    )


def define_masks(connection: DuckDBPyConnection) -> None:
    """Define mask_account(x), mask_identity_no(x) and mask_name(x) as `bank_card` and `identity` write them."""
    connection.execute(
        "CREATE OR REPLACE MACRO mask_account(x) AS CASE"
        " WHEN length(x) >= 14 THEN left(x, 6) || repeat('*', length(x) - 10) || right(x, 4)"
        " WHEN length(x) >= 8 THEN repeat('*', length(x) - 4) || right(x, 4)"
        " ELSE repeat('*', length(x)) END"
    )
    connection.execute(
        "CREATE OR REPLACE MACRO mask_identity_no(x) AS CASE"
        " WHEN length(x) >= 12 THEN left(x, 4) || repeat('*', length(x) - 8) || right(x, 4)"
        " ELSE repeat('*', length(x)) END"
    )
    connection.execute(
        "CREATE OR REPLACE MACRO mask_name(x) AS CASE"
        " WHEN length(trim(x)) >= 2 THEN left(trim(x), 1) || repeat('*', length(trim(x)) - 1)"
        " ELSE repeat('*', length(trim(x))) END"
    )
