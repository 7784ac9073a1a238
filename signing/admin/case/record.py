"""The record of a case: who did what and when, with comments and documents, newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pghistory.core
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _

from signing.admin.case.words import person_name
from signing.book_answers import ASKED
from signing.models import CaseAttachment, CaseComment, CaseEvidence, ManualCase
from signing.states import CaseState, Decision
from unipay.approvals.models import Proposal, ProposalState
from unipay.approvals.queries import proposals_about

MOST_ENTRIES = 100


@dataclass(frozen=True)
class Entry:
    """One line of the record: when, by whom, an icon, what, the words somebody wrote, and a document to open."""

    at: datetime
    who: str
    icon: str
    what: str
    words: str = ""
    link: str = ""
    is_written: bool = False


def record_of(case: ManualCase, evidence: Iterable[CaseEvidence]) -> list[Entry]:
    """Return everything that happened to the case, newest first."""
    entries = [
        *(_commented(each) for each in case.comments.select_related("author")),
        *(_attached(case, each) for each in case.attachments.select_related("author").defer("content")),
        *_asked(evidence),
        *(entry for each in proposals_about(case.subject)[:MOST_ENTRIES] for entry in _proposed(each)),
        *_changed(case),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST_ENTRIES]


def _commented(comment: CaseComment) -> Entry:
    return Entry(
        comment.written_at, person_name(comment.author), "chat", _("noted"), comment.text, is_written=True
    )


def _attached(case: ManualCase, document: CaseAttachment) -> Entry:
    link = reverse("admin:signing_manualcase_attachment", args=[case.pk, document.pk])
    size = _("%(name)s (%(size)d kB)") % {"name": document.name, "size": -(-document.size_bytes // 1024)}
    who = person_name(document.author)
    return Entry(document.attached_at, who, "attach_file", _("attached a document"), size, link, True)


def _asked(evidence: Iterable[CaseEvidence]) -> Iterator[Entry]:
    """One entry for all parties that were asked at once."""
    asked = [piece for piece in evidence if ASKED in piece.facts]
    names = _names({piece.facts["by"] for piece in asked})
    by_moment: dict[datetime, list[CaseEvidence]] = {}
    for piece in asked:
        by_moment.setdefault(piece.received_at, []).append(piece)
    for at, pieces in by_moment.items():
        silent = sum(bool(piece.facts["silence"]) for piece in pieces)
        words = _("%(count)d of %(all)d questions answered") % {
            "count": len(pieces) - silent,
            "all": len(pieces),
        }
        yield Entry(at, names.get(pieces[0].facts["by"], ""), "help", _("asked every book"), words)


def _proposed(proposal: Proposal) -> Iterator[Entry]:
    decision = Decision(proposal.action).label
    made = _("proposed: %(decision)s") % {"decision": decision}
    yield Entry(proposal.made_at, person_name(proposal.made_by), "edit_note", made, proposal.remark)
    ended = _END_OF_PROPOSAL.get(proposal.state)
    if ended is not None and proposal.settled_at is not None:
        who = proposal.checked_by or (proposal.made_by if proposal.state == ProposalState.WITHDRAWN else None)
        icon, what = ended
        yield Entry(proposal.settled_at, person_name(who), icon, what(), proposal.check_remark)


_END_OF_PROPOSAL: dict[str, tuple[str, Any]] = {
    ProposalState.APPROVED: ("verified", lambda: _("approved the proposal")),
    ProposalState.REFUSED: ("block", lambda: _("refused the proposal")),
    ProposalState.WITHDRAWN: ("undo", lambda: _("took the proposal back")),
    ProposalState.EXPIRED: ("hourglass_disabled", lambda: _("the proposal expired unchecked")),
    ProposalState.STALE: ("sync_problem", lambda: _("the proposal was overtaken by events")),
}


def _changed(case: ManualCase) -> Iterator[Entry]:
    """What the database noted of owner and state, oldest first."""
    (events,) = (model for model in pghistory.core.event_models(tracks_model=ManualCase))
    found = events._base_manager.filter(pgh_obj_id=case.pk).select_related("pgh_context")
    rows: list[Any] = list(found.order_by("pgh_id")[:MOST_ENTRIES])
    names = _names({_by(row) for row in rows} | {row.owner_id for row in rows})
    yield Entry(case.opened_at, _("Unipay itself"), "flag", _("opened the case"), case.get_reason_display())
    for before, after in pairwise(rows):
        who = names.get(_by(after), _("Unipay itself"))
        if before.owner_id != after.owner_id:
            yield Entry(after.pgh_created_at, who, "person", _handed_over(after, names))
        if before.state != after.state and after.state in _STATES:
            icon, what, words = _STATES[after.state]
            yield Entry(after.pgh_created_at, who, icon, what(), words(after))


def _handed_over(after: Any, names: dict[int | None, str]) -> str:
    if after.owner_id is None:
        return _("returned the case to the team")
    if after.owner_id == _by(after):
        return _("took the case")
    return _("gave the case to %(name)s") % {"name": names.get(after.owner_id, "—")}


def _why_open_again(event: Any) -> str:
    return str(event.came_back)


_STATES: dict[str, tuple[str, Any, Any]] = {
    CaseState.DECIDED: (
        "gavel",
        lambda: _("decided"),
        lambda event: f"{Decision(event.decision).label} — {event.remark}",
    ),
    CaseState.CLOSED: (
        "task_alt",
        lambda: _("every obligation is met: the case is closed"),
        lambda event: "",
    ),
    CaseState.WITHDRAWN: ("cancel", lambda: _("withdrew the case"), lambda event: event.remark),
    CaseState.OPEN: ("replay", lambda: _("the case is open again"), _why_open_again),
}


def _by(event: Any) -> int | None:
    context = event.pgh_context.metadata if event.pgh_context_id else {}
    return context.get("user")


def _names(ids: set[int | None]) -> dict[int | None, str]:
    people = get_user_model().objects.filter(pk__in=ids - {None})
    return {person.pk: person_name(person) for person in people}
