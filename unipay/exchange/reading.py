"""Reading a received file: from sealed bytes to a table of values, the faults beside it, every line accounted for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import duckdb
from django.utils.translation import gettext_lazy as _
from duckdb import DuckDBPyConnection

from unipay.exchange import vault
from unipay.exchange.columnar import columnar
from unipay.exchange.content import Content
from unipay.exchange.envelope import keys_of
from unipay.exchange.faults import OutOfRoom, ReadingRefused, Undecryptable
from unipay.exchange.frame_lines import Ends, read_section
from unipay.exchange.kinds import FileKind
from unipay.exchange.layout_plan import LayoutPlan, plan_of, without_frame
from unipay.exchange.line_loading import drop_lines_from, explain_faults, load
from unipay.exchange.models import ReceivedFile, Section
from unipay.logging import mask_text

__all__ = ["OutOfRoom", "Reading", "ReadingRefused", "Undecryptable", "open_reading"]


@dataclass
class Reading:
    """What a file says.

    `connection` holds the tables `lines` (line_no, is_faulty, then a column per field of `fields`) and `faults`
    (line_no, column, code, excerpt). Line numbers count the file's lines from 1, the header included. `header` and
    `trailer` are JSON. `unreadable_count`: faulty lines whose key could not be read.
    """

    connection: DuckDBPyConnection
    kind: FileKind
    fields: tuple[str, ...]
    header: dict[str, Any] = field(default_factory=dict)
    trailer: dict[str, Any] = field(default_factory=dict)
    line_count: int = 0
    faulty_count: int = 0
    unreadable_count: int = 0

    @property
    def accepted_count(self) -> int:
        """How many lines are good."""
        return self.line_count - self.faulty_count

    @property
    def business_date(self) -> date | None:
        """The business date the header names."""
        text = self.header.get("business_date")
        return date.fromisoformat(text) if text else None

    @property
    def cut_off_at(self) -> datetime | None:
        """The cut-off the header names."""
        text = self.header.get("cut_off_at")
        return datetime.fromisoformat(text) if text else None


@contextmanager
def open_reading(file: ReceivedFile) -> Iterator[Reading]:
    """Read the file by its layout, which must be set, and give what it says while the context lasts.

    Raises ReadingRefused for what is wrong with the file as a whole, Undecryptable among them, and OutOfRoom when
    memory or disk ran out and it must be read again. A file of no bytes that is declared empty has no lines, whatever
    its layout says of header and trailer.
    """
    if file.layout is None:
        raise ValueError(f"{file.file_no} has no layout")
    plan = plan_of(file.layout)
    with ExitStack() as stack:
        seen = vault.filesystem()
        connection = stack.enter_context(columnar(seen))
        try:
            content = Content(seen, file.file_no, stack)
            if file.is_declared_empty and not file.size:
                plan = without_frame(plan)
            else:
                content.unwrap(plan, keys_of(file.partner, at=file.received_at))
            reading = read(connection, plan, content)
            _require_named(file, reading)
        except (vault.Altered, duckdb.Error) as error:
            raise _meant(error, seen.troubles) from error
        yield reading


def _meant(error: Exception, troubles: list[Exception]) -> Exception:
    """Return what really went wrong: DuckDB tells in its own words what the vault told it."""
    first = troubles[0] if troubles else error
    return ReadingRefused("altered") if isinstance(first, vault.Altered) else first


def read(connection: DuckDBPyConnection, plan: LayoutPlan, content: Content) -> Reading:
    """Read content by a plan into tables of the connection; raises ReadingRefused."""
    ends = content.ends()
    header = read_section(connection, plan, Section.HEADER, ends)
    trailer = read_section(connection, plan, Section.TRAILER, ends)
    reading = Reading(connection, plan.kind, tuple(each.name for each in plan.fields), header, trailer)
    last = _load(connection, plan, content, ends)
    if last < plan.layout.has_header + plan.layout.has_trailer:
        raise ReadingRefused("no_trailer")
    drop_lines_from(connection, last + (not plan.layout.has_trailer))
    explain_faults(connection, plan)
    _count(reading, plan)
    _require_totals(reading, plan)
    return reading


def _load(connection: DuckDBPyConnection, plan: LayoutPlan, content: Content, ends: Ends) -> int:
    """Load the lines; return the number of the last one that is not blank."""
    header = int(plan.layout.has_header)
    direct = content.direct(plan) if ends.is_plain else None
    if direct:
        source, watch = direct
        loaded = load(connection, plan, replace(source, is_padded=ends.is_padded)) + header
        if watch.is_padded and not ends.is_padded:
            loaded = load(connection, plan, source) + header
        if not watch.is_odd and loaded == watch.line_count - ends.blank_lines:
            return loaded
    loaded = load(connection, plan, content.normalised(plan)) + header
    return loaded - ends.blank_lines


def _count(reading: Reading, plan: LayoutPlan) -> None:
    key = [each for each in plan.kind.key if each in reading.fields]
    unknown = " OR ".join(f"{each} IS NULL" for each in key) or "FALSE"
    counts = reading.connection.execute(
        f"SELECT count(*), count(*) FILTER (is_faulty), count(*) FILTER (is_faulty AND ({unknown})) FROM lines"
    ).fetchone()
    reading.line_count, reading.faulty_count, reading.unreadable_count = counts or (0, 0, 0)
    if reading.line_count > plan.layout.max_rows:
        raise ReadingRefused("too_many_lines")


def _require_totals(reading: Reading, plan: LayoutPlan) -> None:
    says = reading.trailer.get("row_count", reading.header.get("row_count"))
    if says is not None and says != reading.line_count:
        text = _("The file says that it has %(says)s lines, but it has %(has)s.")
        raise ReadingRefused("wrong_row_count", text % {"says": says, "has": reading.line_count})
    says = reading.trailer.get("total_fen", reading.header.get("total_fen"))
    total = plan.kind.total
    if says is None or total not in reading.fields:
        return
    summed, unread = reading.connection.execute(
        f"SELECT coalesce(sum({total}), 0)::BIGINT, count(*) FILTER (is_faulty AND {total} IS NULL) FROM lines"
    ).fetchone() or (0, 0)
    if summed > says or (summed < says and not unread):
        text = _("The file says that its lines sum up to %(says)s fen, but they sum up to %(has)s.")
        raise ReadingRefused("wrong_total", text % {"says": says, "has": summed})


def _require_named(file: ReceivedFile, reading: Reading) -> None:
    partner = reading.header.get("partner_code")
    if partner is not None and partner != file.partner.code:
        text = _("The header names the partner %(says)s, but the file came from %(partner)s.")
        raise ReadingRefused(
            "wrong_partner", text % {"says": mask_text(partner), "partner": file.partner.code}
        )
    day = reading.business_date
    if day is not None and file.business_date is not None and day != file.business_date:
        text = _("The header names the business date %(says)s, but the file was sent for %(date)s.")
        raise ReadingRefused("wrong_date", text % {"says": day, "date": file.business_date})
