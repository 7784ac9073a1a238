"""Writing a file for a partner: rows become lines by columns and go straight into the vault, as the layout says."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import token_hex
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from unipay.exchange import rendering, vault
from unipay.exchange.columnar import columnar, told_apart
from unipay.exchange.faults import title
from unipay.exchange.kinds import FieldType, FileField, FileKind
from unipay.exchange.layout_plan import LayoutPlan, plan_of
from unipay.exchange.models import Cipher, EnvelopeKey, FileLayout, Section
from unipay.exchange.opening import OpeningLines
from unipay.exchange.outlet import ADDRESS, Outlet, Target, outlet

__all__ = ["ColumnQuery", "CopyQuery", "Unwritable", "Written", "write"]

_TYPES = {
    FieldType.FEN: "BIGINT",
    FieldType.INTEGER: "BIGINT",
    FieldType.DATE: "DATE",
    FieldType.DATETIME: "TIMESTAMPTZ",
    FieldType.FLAG: "BOOLEAN",
}
_FAILURE = re.compile(rf"{rendering.UNWRITABLE}:(\w*):(\w+):")


class Unwritable(Exception):
    """A value can't be written in this layout: it is too long, empty though required, holds the delimiter, or has no
    code. Nothing was kept."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {title(code)}")
        self.field, self.code = field, code


@dataclass(frozen=True)
class ColumnQuery:
    """Rows as a query of a DuckDB connection, its columns named like the fields; others are NULL."""

    connection: DuckDBPyConnection
    query: str


@dataclass(frozen=True)
class CopyQuery:
    """Rows as a query of PostgreSQL, its columns named like the fields; `cursor` is psycopg2's.

    `sealed`: columns that hold sealed text, each with the context of its seal; they are opened on their way into the
    file, and lie plain nowhere else.
    """

    cursor: Any
    query: str
    sealed: Mapping[str, str] = field(default_factory=dict)


Rows = Iterable[Sequence[Any]] | ColumnQuery | CopyQuery


@dataclass(frozen=True)
class Written:
    """What was written: size in bytes and SHA-256 of the file as the partner gets it, its lines, their total."""

    size: int
    digest: str
    row_count: int
    total_fen: int | None


def write(
    layout: FileLayout, rows: Rows, *, header: Mapping[str, Any], to: str, key: EnvelopeKey | None = None
) -> Written:
    """Write rows into the vault under the file number `to`.

    Rows given one by one have their values in the order of the kind's fields (None for nothing, numbers of MSISDNS as
    a list). `header`: values of header and trailer by field (partner_code, business_date, cut_off_at, file_no); counts
    are added. `key` seals the file where the layout has an envelope. Raises Unwritable, OutOfRoom and FileExistsError.
    """
    return write_plan(plan_of(layout), rows, header=header, to=to, key=key)


def write_plan(
    plan: LayoutPlan, rows: Rows, *, header: Mapping[str, Any], to: str, key: EnvelopeKey | None = None
) -> Written:
    """Write by a plan, so also by a layout that is not saved yet."""
    with vault.storing(to) as storing:
        count, total_fen = put(plan, rows, header=header, target=storing, key=key)
    return Written(storing.stored.size, storing.stored.digest, count, total_fen)


def put(
    plan: LayoutPlan, rows: Rows, *, header: Mapping[str, Any], target: Target, key: EnvelopeKey | None = None
) -> tuple[int, int | None]:
    """Write the whole file to a target; return how many lines it has, and their total where the kind has one."""
    if (plan.layout.cipher != Cipher.NONE) != (key is not None):
        raise ValueError(f"{plan.layout} is sealed with a key, or without an envelope, but not half of it")
    total = plan.kind.total
    with ExitStack() as stack:
        connection, table = stack.enter_context(_staged(plan, rows))
        count, total_fen = connection.execute(
            f"SELECT count(*), {f'coalesce(sum({total}), 0)::BIGINT' if total else 'NULL'} FROM {table}"
        ).fetchone() or (0, None)
        facts = {**header, "row_count": count, "total_fen": total_fen}
        _put_lines(connection, plan, table, facts, stack.enter_context(outlet(plan.layout, target, key=key)))
    return count, total_fen


def _put_lines(
    connection: DuckDBPyConnection, plan: LayoutPlan, table: str, facts: Mapping[str, Any], target: Target
) -> None:
    end = b"\n"
    with _failures_named(), told_apart():
        if plan.layout.has_header:
            target.write(_section_line(connection, plan, Section.HEADER, facts) + end)
        connection.register_filesystem(Outlet(target))
        try:
            connection.execute(
                f"COPY (SELECT {rendering.line(plan, Section.DETAIL)} AS line FROM {table}) TO '{ADDRESS}'"
                " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x1f')"
            )
        finally:
            connection.unregister_filesystem(Outlet.protocol)
        if plan.layout.has_trailer:
            target.write(_section_line(connection, plan, Section.TRAILER, facts) + end)


def _section_line(
    connection: DuckDBPyConnection, plan: LayoutPlan, section: Section, facts: Mapping[str, Any]
) -> bytes:
    named = {each.field: plan.field_of(each) for each in plan.columns(section) if each.field}
    typed = ", ".join(f"CAST(${name} AS {_type(field)}) AS {name}" for name, field in named.items()) or "1"
    values = {name: _as_text(facts.get(name)) or None for name in named}
    (line,) = connection.execute(
        f"SELECT {rendering.line(plan, section)} FROM (SELECT {typed})", values
    ).fetchone() or ("",)
    return str(line).encode()


@contextmanager
def _staged(plan: LayoutPlan, rows: Rows) -> Iterator[tuple[DuckDBPyConnection, str]]:
    """Give a connection and the name of a table that has a column per field of the kind; what the layout does not
    write may be NULL in it."""
    table = f"rows_{token_hex(4)}"
    with ExitStack() as stack:
        if isinstance(rows, ColumnQuery):
            connection = rows.connection
            _stage_query(connection, plan.kind, table, rows.query)
        else:
            seen = vault.filesystem()
            connection = stack.enter_context(columnar(seen))
            temporary = vault.Temporary()
            stack.callback(temporary.close)
            names = _put_csv(temporary, plan, rows)
            _stage_csv(connection, plan.kind, table, f"{vault.PROTOCOL}://{seen.lend(temporary)}", names)
        stack.callback(connection.execute, f"DROP TABLE {table}")
        _define_encoded_length(connection)
        yield connection, table


def _stage_query(connection: DuckDBPyConnection, kind: FileKind, table: str, query: str) -> None:
    given = {name for name, *_rest in connection.execute(f"DESCRIBE {query}").fetchall()}
    columns = ", ".join(
        f"{_cast(each, each.name if each.name in given else 'NULL')} AS {each.name}" for each in kind.fields
    )
    connection.execute(f"CREATE TEMP TABLE {table} AS SELECT {columns} FROM ({query})")


def _stage_csv(
    connection: DuckDBPyConnection, kind: FileKind, table: str, address: str, names: Sequence[str]
) -> None:
    typed = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    read = (
        f"SELECT * FROM read_csv('{address}', columns = {{{typed}}}, header = false, auto_detect = false,"
        " delim = ',', quote = '\"', escape = '\"', strict_mode = true, compression = 'none', parallel = false)"
    )
    _stage_query(connection, kind, table, read)


def _put_csv(
    temporary: vault.Temporary, plan: LayoutPlan, rows: Iterable[Sequence[Any]] | CopyQuery
) -> list[str]:
    """Fill the temporary; return the names of its columns."""
    if isinstance(rows, CopyQuery):
        names = _copied_names(plan, rows)
        _copy_csv(temporary, rows, names)
    else:
        names = [each.name for each in plan.kind.fields]
        _write_csv(temporary, plan.kind, rows)
    temporary.seal_up()
    return names


def _copy_csv(temporary: vault.Temporary, rows: CopyQuery, names: Sequence[str]) -> None:
    contexts = [rows.sealed[name] for name in names if name in rows.sealed]
    target = OpeningLines(temporary, contexts) if contexts else temporary
    copying = f"COPY (SELECT {', '.join(names)} FROM ({rows.query}) AS copied) TO STDOUT (FORMAT csv)"
    rows.cursor.copy_expert(copying, target, 1024 * 1024)
    if isinstance(target, OpeningLines):
        target.flush()


def _write_csv(temporary: vault.Temporary, kind: FileKind, rows: Iterable[Sequence[Any]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        if len(row) != len(kind.fields):
            raise ValueError(f"a row of {kind.name} has {len(kind.fields)} values, not {len(row)}")
        writer.writerow([_as_text(value) for value in row])
        if buffer.tell() > 1024 * 1024:
            temporary.write(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()
    temporary.write(buffer.getvalue().encode())


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return ",".join(value) if isinstance(value, list | tuple) else str(value)


def _copied_names(plan: LayoutPlan, rows: CopyQuery) -> list[str]:
    """The names of the columns that the layout needs, the sealed ones last: what it does not write stays sealed."""
    rows.cursor.execute(f"SELECT * FROM ({rows.query}) AS copied LIMIT 0")
    given = [column.name for column in rows.cursor.description]
    needed = {field.name for field in plan.fields} | {plan.kind.total}
    names = [name for name in given if name in needed] or given[:1]
    return [name for name in names if name not in rows.sealed] + [
        name for name in names if name in rows.sealed
    ]


def _cast(field: FileField, value: str) -> str:
    """Return the value in its type; several numbers also from a list, as either database writes it."""
    if field.type == FieldType.MSISDNS:
        return f"translate(CAST({value} AS VARCHAR), '{{}}[] ', '')"
    return f"CAST({value} AS {_type(field)})"


def _type(field: FileField) -> str:
    return _TYPES.get(field.type, "VARCHAR")


def _define_encoded_length(connection: DuckDBPyConnection) -> None:
    known = connection.execute(
        "SELECT 1 FROM duckdb_functions() WHERE function_name = 'encoded_length'"
    ).fetchone()
    if not known:
        connection.create_function("encoded_length", _encoded_length, ["VARCHAR"], "BIGINT")


def _encoded_length(text: str) -> int:
    return len(text.encode("gb18030"))


@contextmanager
def _failures_named() -> Iterator[None]:
    try:
        yield
    except duckdb.InvalidInputException as error:
        found = _FAILURE.search(str(error))
        if found is None:
            raise
        raise Unwritable(found[1], found[2]) from error
