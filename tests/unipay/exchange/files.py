"""Files as partners write them, and what reading them says, for the tests of the exchange."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from tests.factories import LONG_AGO, make_partner
from unipay.exchange import vault
from unipay.exchange.kinds import kind_named
from unipay.exchange.models import FileLayout, FileOrigin, LayoutColumn, ReceivedFile, Section
from unipay.exchange.reading import Reading, open_reading
from unipay.partners.models import Partner

DAY = date(2026, 11, 20)
_numbers = count(1)


def neutral(kind: str) -> FileLayout:
    """Our own layout of a kind."""
    return FileLayout.objects.get(code=f"neutral_{kind}")


def make_layout(kind: str, fields: Sequence[str | dict[str, Any]], **settings: Any) -> FileLayout:
    """A layout of lines alone, of these columns (a field's name, or all of a column's settings)."""
    plain = {"has_header": False, "has_trailer": False, "effective_from": DAY, "title": kind}
    layout = FileLayout.objects.create(code=f"L{next(_numbers)}", kind=kind, **{**plain, **settings})
    for position, column in enumerate(fields, start=1):
        given = {"field": column} if isinstance(column, str) else dict(column)
        LayoutColumn.objects.create(layout=layout, position=position, **given)
    return layout


def add_columns(layout: FileLayout, section: Section, *fields: str) -> None:
    """Give header or trailer its columns."""
    for position, field in enumerate(fields, start=1):
        LayoutColumn.objects.create(layout=layout, section=section, position=position, field=field)


def received(
    content: bytes, layout: FileLayout, *, partner: Partner | None = None, **fields: Any
) -> ReceivedFile:
    """A file that lies in the vault and is to be read by the layout."""
    file_no = f"F-{uuid4().hex}"
    stored = vault.store(file_no, [content])
    return ReceivedFile.objects.create(
        file_no=file_no,
        partner=partner or Partner.objects.filter(code="ICBC").first() or make_partner(key_id=""),
        kind=layout.kind,
        layout=layout,
        name="file.txt",
        size=stored.size,
        digest=f"{stored.digest[:32]}{file_no[2:]}",
        origin=FileOrigin.API,
        received_at=LONG_AGO,
        **fields,
    )


@contextmanager
def reading_of(content: bytes, layout: FileLayout, **fields: Any) -> Iterator[Reading]:
    """What the content says by the layout."""
    with open_reading(received(content, layout, **fields)) as reading:
        yield reading


def rows(reading: Reading, *names: str) -> list[tuple[Any, ...]]:
    """The lines: number, whether faulty, and these fields (all of them), moments as text."""
    wanted = names or reading.fields
    types = {each.name: each.type for each in kind_named(reading.kind.name).fields}
    shown = ", ".join(f"{name}::VARCHAR" if types[name] == "DATETIME" else name for name in wanted)
    query = f"SELECT line_no, is_faulty{', ' + shown if shown else ''} FROM lines ORDER BY line_no"
    return reading.connection.execute(query).fetchall()


def faults(reading: Reading) -> list[tuple[Any, ...]]:
    """The faults: line, column, code, excerpt."""
    return reading.connection.execute(
        'SELECT line_no, "column", code, excerpt FROM faults ORDER BY line_no, "column", code'
    ).fetchall()
