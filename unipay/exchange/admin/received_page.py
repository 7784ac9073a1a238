"""What the page of a received file shows: its journey, what of it counts, and what is wrong with the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from unipay import clock
from unipay.backoffice.dashboard import Chart, Funnel, Series, Step
from unipay.backoffice.dashboard_page import Ranking, Way, drawn, way
from unipay.errors import Text
from unipay.exchange import faults
from unipay.exchange.admin.fields import column_title, field_named, kind_title, layout_title
from unipay.exchange.kinds import FieldType, kind_named
from unipay.exchange.models import FileFault, ReceivedFile, ReceivedState, Section

MOST_FAULTS = 50
SETTLED = (ReceivedState.ACCEPTED, ReceivedState.REFUSED, ReceivedState.QUARANTINED)


@dataclass(frozen=True)
class Stop:
    """One stop of a journey: done at a time, the present one, or still to come; `is_bad`: it ended here."""

    title: Text
    at: datetime | None = None
    is_now: bool = False
    is_bad: bool = False
    note: Text = ""


@dataclass(frozen=True)
class FaultLine:
    """One fault as the page shows it."""

    line_no: int
    column: str
    what: Text
    excerpt: str


class ReceivedPage:
    """One received file; `code` narrows its faults to one reason."""

    def __init__(self, file: ReceivedFile, *, code: str = "") -> None:
        self.file = file
        self.code = code

    @property
    def kind(self) -> str:
        """What people call the kind of file."""
        return kind_title(self.file.kind)

    @property
    def layout_title(self) -> str:
        """What the layout is called that reads it."""
        return layout_title(self.file.layout) if self.file.layout else ""

    @property
    def is_under_way(self) -> bool:
        """Whether the page should look again: it is being read, or passed on."""
        return self.file.state == ReceivedState.RECEIVED or self._is_being_passed_on

    @property
    def has_faults(self) -> bool:
        """Whether there is a fault list."""
        return bool(self.file.faulty_count)

    @property
    def follows(self) -> str:
        """The address of what the file led to, "" where that is nothing yet."""
        try:
            leads_to = kind_named(self.file.kind).leads_to
        except ValueError:
            return ""
        return leads_to(self.file) if leads_to and self.file.state == ReceivedState.ACCEPTED else ""

    @cached_property
    def journey(self) -> list[Stop]:
        """From its arrival to what it led to."""
        file = self.file
        stops = [
            Stop(pgettext("time", "received"), file.received_at, note=file.get_origin_display()),
            Stop(
                pgettext("time", "checked"),
                file.checked_at,
                is_now=file.state == ReceivedState.RECEIVED,
                note=file.last_error if file.state == ReceivedState.RECEIVED else "",
            ),
        ]
        if file.state == ReceivedState.CHECKED or file.decided_by_id:
            stops.append(self._decision())
        if file.state in (ReceivedState.REFUSED, ReceivedState.QUARANTINED):
            stops.append(Stop(file.get_state_display(), file.settled_at, is_bad=True))
            return stops
        is_accepted = file.state == ReceivedState.ACCEPTED
        stops.append(Stop(pgettext("file", "accepted"), file.settled_at if is_accepted else None))
        stops.append(Stop(_("passed on"), file.handled_at, is_now=self._is_being_passed_on))
        return stops

    @cached_property
    def funnel(self) -> Way | None:
        """Lines, and those that count."""
        if self.file.line_count is None:
            return None
        return lines_funnel(self.file.line_count, self.file.accepted_count or 0, self.file.faulty_count or 0)

    @cached_property
    def reasons(self) -> Ranking | Any:
        """How often each thing is wrong, each leading to its lines."""
        counted = FileFault.objects.filter(file=self.file).values_list("code").annotate(times=Count("pk"))
        rows = list(counted.order_by("-times", "code"))
        return reasons_chart(rows, [f"?code={code}#faults" for code, _times in rows])

    @cached_property
    def faults(self) -> list[FaultLine]:
        """The first faults."""
        rows = FileFault.objects.filter(file=self.file, **({"code": self.code} if self.code else {}))
        return [
            FaultLine(
                row.line_no, column_title(self.file.kind, row.column), faults.title(row.code), row.excerpt
            )
            for row in rows.order_by("line_no", "id")[:MOST_FAULTS]
        ]

    @property
    def has_more(self) -> bool:
        """Whether there are more faults than the page shows."""
        return len(self.faults) == MOST_FAULTS

    @property
    def chosen_reason(self) -> Text:
        """What the faults are narrowed to, in words."""
        return faults.title(self.code) if self.code else ""

    @property
    def list_address(self) -> str:
        """Where the fault list is downloaded."""
        return reverse("admin:exchange_receivedfile_faults", args=[self.file.pk])

    @property
    def header(self) -> list[tuple[str, Any]]:
        """What the header said, in words."""
        return said(self.file.kind, self.file.header)

    @property
    def trailer(self) -> list[tuple[str, Any]]:
        """What the trailer said, in words."""
        return said(self.file.kind, self.file.trailer)

    @property
    def _is_being_passed_on(self) -> bool:
        return self.file.state == ReceivedState.ACCEPTED and self.file.handled_at is None

    def _decision(self) -> Stop:
        file = self.file
        if file.state == ReceivedState.CHECKED:
            return Stop(_("waiting for a decision"), is_now=True)
        by = file.decided_by.get_full_name() or file.decided_by.get_username() if file.decided_by else ""
        return Stop(_("decided by %(who)s") % {"who": by}, file.settled_at, note=file.decision_remark)


def lines_funnel(lines: int, accepted: int, faulty: int) -> Way:
    """Return lines = accepted + faulty, ready to be drawn."""
    return way(
        Funnel(
            _("What counts of the file"),
            steps=(Step(pgettext("file", "lines"), lines, ""), Step(_("accepted lines"), accepted, "")),
            lost=(Step(_("faulty lines"), faulty, "#faults"),),
            empty=_("The file has no line."),
        )
    )


def reasons_chart(counted: Sequence[tuple[str, int]], links: Sequence[str]) -> Any:
    """Return how often each thing is wrong, ready to be drawn."""
    titles = tuple(faults.title(code) for code, _times in counted)
    series = Series(_("faults"), tuple(times for _code, times in counted), tuple(links))
    return drawn(
        Chart(_("What is wrong"), titles, (series,), empty=_("Nothing is wrong with any line."), is_list=True)
    )


def said(kind: str, section: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what a header or trailer said, with the names of its fields; moments as they are here."""
    return [(column_title(kind, name), _as_here(name, value)) for name, value in section.items()]


def _as_here(name: str, value: Any) -> Any:
    field = field_named("", Section.HEADER, name)
    if value is None or field is None or field.type != FieldType.DATETIME:
        return value
    return f"{datetime.fromisoformat(value).astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"
