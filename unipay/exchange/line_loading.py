"""The lines of a file as a table of values: read and judged in one pass by columns."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from secrets import token_hex

from duckdb import DuckDBPyConnection

from unipay.exchange import columns
from unipay.exchange.columns import literal
from unipay.exchange.faults import ReadingRefused
from unipay.exchange.kinds import FieldType
from unipay.exchange.layout_plan import LayoutPlan, stored
from unipay.exchange.line_splitting import LONGEST_LINE, SEPARATOR
from unipay.exchange.models import Align, LayoutColumn, Section
from unipay.exchange.normalising import SOUND

_NEVER = f"\x02{token_hex(8)}\x03"  # stands in no file: an empty column is '', a missing one NULL


_BLANKS = (b" ", b"\t", "\u3000".encode())


@dataclass
class Watch:
    """What a file's bytes are seen to hold while they are read, frame by frame; a frame may be seen twice."""

    delimiter: bytes
    most_lines: int
    line_ends: dict[int, int] = field(default_factory=dict)
    is_odd: bool = False
    is_padded: bool = False
    last: tuple[int, bytes] = (-1, b"")
    _ends_seen: int = 0

    def __call__(self, index: int, frame: bytes) -> None:
        """Look at one frame."""
        self._ends_seen += 0 if index in self.line_ends else frame.count(b"\n")
        self.line_ends.setdefault(index, frame.count(b"\n"))
        if self._ends_seen > self.most_lines:
            raise ReadingRefused("too_many_lines")
        self.is_odd = self.is_odd or b"\r" in frame or b"\0" in frame
        self.is_padded = self.is_padded or self._has_padding(frame)
        if index >= self.last[0] and frame:
            self.last = (index, frame[-1:])

    def _has_padding(self, frame: bytes) -> bool:
        """Tell whether blanks stand around a column; between two frames nobody looks, so a frame's ends count."""
        for blank in _BLANKS:
            if blank in frame and (
                frame.startswith(blank)
                or frame.endswith(blank)
                or any(blank + mark in frame or mark + blank in frame for mark in (self.delimiter, b"\n"))
            ):
                return True
        return False

    @property
    def line_count(self) -> int:
        """How many physical lines were seen."""
        return sum(self.line_ends.values()) + (self.last[1] not in (b"", b"\n"))


@dataclass(frozen=True)
class Source:
    """Where the lines stand: plain delimited UTF-8, or `is_normalised` with the defect as the first column.

    `is_padded`: blanks may stand around the columns.
    """

    address: str
    delimiter: str
    is_normalised: bool = False
    is_padded: bool = True


def load(connection: DuckDBPyConnection, plan: LayoutPlan, source: Source) -> int:
    """Make the table `lines` (with raw texts of faulty lines) of all but the header; return how many lines there are.

    Fewer than the file has means that some are broken: blank, too long, or no UTF-8.
    """
    connection.execute("DROP TABLE IF EXISTS lines")
    connection.execute(f"CREATE TABLE lines AS {_judged(plan, source)}")
    # Rows lie in the order of the file. Numbering them while they are read would keep all but one thread waiting.
    connection.execute("UPDATE lines SET line_no = rowid + 1")
    if plan.layout.has_header:
        connection.execute("DELETE FROM lines WHERE line_no = 1")
    (loaded,) = connection.execute("SELECT count(*) FROM lines").fetchone() or (0,)
    return int(loaded)


def drop_lines_from(connection: DuckDBPyConnection, line_no: int) -> None:
    """Take out the trailer and the blank lines behind it."""
    connection.execute("DELETE FROM lines WHERE line_no >= ?", [line_no])


def explain_faults(connection: DuckDBPyConnection, plan: LayoutPlan) -> None:
    """Make the table `faults` of the faulty lines, and `lines` what readers of it expect."""
    connection.execute(
        'CREATE OR REPLACE TABLE faults (line_no BIGINT, "column" VARCHAR, code VARCHAR, excerpt VARCHAR)'
    )
    connection.execute("INSERT INTO faults SELECT line_no, '', defect, '' FROM lines WHERE defect <> ''")
    unknown = ", ".join(f"{stored(each.name)} = NULL" for each in plan.fields)
    connection.execute(f"UPDATE lines SET {unknown} WHERE defect <> ''")
    for number, column in enumerate(plan.detail, start=1):
        if column.field:
            connection.execute(_fault_query(plan, column, number))
    _mark_repeated_numbers(connection, plan)
    connection.execute("ALTER TABLE lines DROP COLUMN raws")
    connection.execute("ALTER TABLE lines DROP COLUMN defect")
    _mark_duplicates(connection, plan)


def _fault_query(plan: LayoutPlan, column: LayoutColumn, number: int) -> str:
    kind_field = plan.field_of(column)
    return (
        f"INSERT INTO faults SELECT line_no, {literal(column.field)}, code, left(excerpt, 120) FROM ("
        f" SELECT line_no, {columns.fault(kind_field, column, 'text')} AS code,"
        f" {columns.excerpt(kind_field, 'text')} AS excerpt"
        f" FROM (SELECT line_no, raws[{number}] AS text FROM lines WHERE is_faulty AND defect = '')"
        ") WHERE code IS NOT NULL"
    )


def _mark_repeated_numbers(connection: DuckDBPyConnection, plan: LayoutPlan) -> None:
    carried = {each.type: each.name for each in plan.fields}
    if {FieldType.MSISDN, FieldType.MSISDNS} <= carried.keys():
        primary, secondary = carried[FieldType.MSISDN], carried[FieldType.MSISDNS]
        connection.execute(
            f"INSERT INTO faults SELECT line_no, '{secondary}', 'repeated_number', left({primary}, 3) || '********'"
            f" FROM lines WHERE is_faulty AND contains({secondary}, {primary})"
        )


def _mark_duplicates(connection: DuckDBPyConnection, plan: LayoutPlan) -> None:
    key = [each for each in plan.kind.key if each in {carried.name for carried in plan.fields}]
    if not key:
        return
    names = ", ".join(key)
    known = " AND ".join(f"{each} IS NOT NULL" for each in key)
    same = " AND ".join(f"lines.{each} = repeated.{each}" for each in key)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {names} FROM lines WHERE {known}"
        f" GROUP BY {names} HAVING count(*) > 1"
    )
    connection.execute(
        f"INSERT INTO faults SELECT line_no, '{key[0]}', 'duplicate_key', '' FROM lines, repeated WHERE {same}"
    )
    connection.execute(
        f"UPDATE lines SET is_faulty = TRUE FROM repeated WHERE {same} AND NOT lines.is_faulty"
    )
    connection.execute("DROP TABLE repeated")


def _judged(plan: LayoutPlan, source: Source) -> str:
    carried = [(number, column) for number, column in enumerate(plan.detail, start=1) if column.field]
    read = ", ".join(
        f"{columns.value(plan.field_of(column), column, f't{number}')} AS v{number}"
        for number, column in carried
    )
    wrong = " OR ".join(
        ["defect <> ''"]
        + [columns.is_faulty(plan.field_of(column), f"t{number}", f"v{number}") for number, column in carried]
        + _repeated(plan, carried)
    )
    kept = ", ".join(f"v{number} AS {stored(column.field)}" for number, column in carried)
    texts = ", ".join(f"t{number}" for number in range(1, len(plan.detail) + 1))
    return (
        f"SELECT line_no, is_faulty, CASE WHEN is_faulty THEN [{texts}] END AS raws, defect, {kept} FROM ("
        f"SELECT *, coalesce({wrong}, TRUE) AS is_faulty FROM ("
        f"SELECT *, {read} FROM ({_texts(plan, source)})))"
    )


def _repeated(plan: LayoutPlan, carried: Iterable[tuple[int, LayoutColumn]]) -> list[str]:
    places = {plan.field_of(column).type: number for number, column in carried}
    if {FieldType.MSISDN, FieldType.MSISDNS} <= places.keys():
        return [f"contains(v{places[FieldType.MSISDNS]}, v{places[FieldType.MSISDN]}) IS TRUE"]
    return []


def _texts(plan: LayoutPlan, source: Source) -> str:
    """Every line, the header too, with room for its number, its defect and its columns as trimmed texts t1, t2, …"""
    first = 1 + source.is_normalised + bool(plan.mark(Section.DETAIL))
    names = [f"c{number}" for number in range(1, first + len(plan.detail) + 1)]
    texts = ", ".join(
        f"{_text(plan, source, column, f'c{first + place}')} AS t{place + 1}"
        for place, column in enumerate(plan.detail)
    )
    return (
        f"SELECT NULL::BIGINT AS line_no, {_defect(plan, source, names)} AS defect, {texts}"
        f" FROM {_read_csv(source, names)}"
    )


def _text(plan: LayoutPlan, source: Source, column: LayoutColumn, raw: str) -> str:
    if plan.is_fixed and column.pad not in (" ", "0"):
        raw = f"{'rtrim' if column.align == Align.LEFT else 'ltrim'}({raw}, {literal(column.pad)})"
    return columns.trimmed(raw) if source.is_padded else raw


def _defect(plan: LayoutPlan, source: Source, names: list[str]) -> str:
    known = f"WHEN c1 <> '{SOUND}' THEN c1 " if source.is_normalised else ""
    mark, marked = literal(plan.mark(Section.DETAIL)), names[source.is_normalised]
    wrong_mark = (
        f"WHEN {marked} <> {mark} AND trim({marked}) <> {mark} THEN 'wrong_mark' " if mark != "''" else ""
    )
    return (
        f"CASE {known}{wrong_mark}WHEN {names[-1]} IS NOT NULL THEN 'too_many_columns'"
        f" WHEN {names[-2]} IS NULL THEN 'too_few_columns' ELSE '' END"
    )


def _read_csv(source: Source, names: list[str]) -> str:
    typed = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    delimiter = SEPARATOR if source.is_normalised else source.delimiter
    return (
        f"read_csv({literal(source.address)}, delim = {literal(delimiter)}, columns = {{{typed}}},"
        f" quote = '', escape = '', comment = '', header = false, auto_detect = false, nullstr = {literal(_NEVER)},"
        f" null_padding = true, strict_mode = false, ignore_errors = true, parallel = true, compression = 'none',"
        f" max_line_size = {LONGEST_LINE * 4}, buffer_size = {8 * 1024 * 1024})"
    )
