"""Everything one case page shows, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from signing.admin.case.books import BookAnswer, Books
from signing.admin.case.facts import CaseFacts
from signing.admin.case.record import Entry, record_of
from signing.admin.case.sent import Progress, progress_of
from signing.admin.case.talk import Message, Talk
from signing.admin.case.words import person_name, time_left
from signing.admin.comparison import Line, compare
from signing.admin.contract import SEALED
from signing.case_preview import ENDS_A_FORMAL_CONTRACT, Preview
from signing.case_subjects import Subject, shown
from signing.flows import case_proposal
from signing.models import CaseEvidence, Contract, ManualCase
from signing.states import UNDECIDED, CaseState, Decision
from unipay import msisdn
from unipay.approvals.kinds import kind_named
from unipay.approvals.models import Proposal
from unipay.approvals.queries import waiting_about
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.errors import Text
from unipay.partners.models import Partner

STATE_COLOURS = {
    "OPEN": "warning",
    "PROPOSED": "primary",
    "DECIDED": "info",
    "CLOSED": "success",
    "WITHDRAWN": "",
}
MOST_OTHERS = 10
MOST_EVIDENCE = 200


@dataclass(frozen=True)
class Choice:
    """One decision as the page offers it."""

    decision: Decision
    preview: Preview
    why_not: Text
    needs_checker: bool

    @property
    def is_grave(self) -> bool:
        """Whether it ends a contract that is debited."""
        return self.decision in ENDS_A_FORMAL_CONTRACT


@dataclass(frozen=True)
class PartyCard:
    """One party: who it is, in which part, what its book said, and what was said to and by it."""

    partner: Partner | None
    role: Text
    side: str
    answers: Sequence[BookAnswer]
    messages: Sequence[Message]


class CasePage:
    """The page of one case for one person, at one moment."""

    def __init__(self, case: ManualCase, person: Any, now: datetime) -> None:
        self.case, self.person, self.now = case, person, now
        self.facts = CaseFacts(case)

    @property
    def number(self) -> str:
        """The mobile number, masked; "" for a case about a whole file."""
        return msisdn.mask(self.case.msisdn) if self.case.msisdn else ""

    @cached_property
    def about(self) -> Subject | None:
        """What the case is about that is no contract, with the way to its page."""
        return shown(self.case.about, self.person)

    @property
    def state_colour(self) -> str:
        """The colour of the case's state."""
        return STATE_COLOURS[self.case.state]

    @property
    def owner_name(self) -> str:
        """Who looks after the case."""
        return person_name(self.case.owner)

    @property
    def decided_by_name(self) -> str:
        """Who decided."""
        return person_name(self.case.decided_by)

    @property
    def approved_by_name(self) -> str:
        """Who agreed."""
        return person_name(self.case.approved_by)

    @property
    def is_undecided(self) -> bool:
        """Whether people still have to decide."""
        return self.case.state in UNDECIDED

    @property
    def is_waiting(self) -> bool:
        """Whether the case waits for partners, so that the page should look again by itself."""
        return self.case.state == CaseState.DECIDED

    @property
    def is_overdue(self) -> bool:
        """Whether people are late."""
        return self.is_undecided and self.case.due_at < self.now

    @property
    def time_left(self) -> str:
        """How long people have, or for how long they have been late."""
        return time_left(self.case.due_at, self.now) if self.is_undecided else ""

    @property
    def may_decide(self) -> bool:
        """Whether the person decides cases."""
        return bool(self.person.has_perm("signing.decide_manualcase"))

    @property
    def may_work(self) -> bool:
        """Whether the person may ask, comment and attach: whoever decides or checks."""
        return self.may_decide or self.may_check

    @property
    def may_check(self) -> bool:
        """Whether the person checks what others propose in cases."""
        return bool(self.person.has_perm(kind_named(case_proposal.KIND).permission))

    @property
    def may_assign(self) -> bool:
        """Whether the person gives cases to others."""
        return bool(self.is_undecided and self.person.has_perm("signing.assign_manualcase"))

    @property
    def is_mine(self) -> bool:
        """Whether the case is this person's own."""
        return self.case.owner_id is not None and self.case.owner_id == self.person.pk

    @property
    def may_withdraw(self) -> bool:
        """Whether nothing is left to decide, so that the case may be withdrawn."""
        contested = self.case.contested
        return self.is_undecided and self.may_decide and contested is not None and not self._is_contested

    @cached_property
    def lines(self) -> list[Line]:
        """Both contracts side by side."""
        return compare(self.case.standing, self.case.contested)

    @property
    def differences(self) -> int:
        """How many lines differ."""
        return sum(line.differs for line in self.lines)

    @cached_property
    def choices(self) -> list[Choice]:
        """The decisions of this kind of case: the possible ones first, then the others with the reason."""
        offered = [
            Choice(
                each.option.decision,
                self.facts.preview(each.option.decision),
                each.option.why_not,
                each.needs_checker,
            )
            for each in case_proposal.offered(self.case)
        ]
        return sorted(offered, key=lambda choice: bool(choice.why_not))

    @cached_property
    def proposal(self) -> Proposal | None:
        """The proposal that waits for a checker."""
        return waiting_about(self.case.subject) if self.case.state == CaseState.PROPOSED else None

    @property
    def proposed(self) -> Preview | None:
        """What the waiting proposal would do."""
        return self.facts.preview(Decision(self.proposal.action)) if self.proposal else None

    @property
    def proposed_by(self) -> str:
        """Who made the waiting proposal."""
        return person_name(self.proposal.made_by) if self.proposal else ""

    @property
    def is_own_proposal(self) -> bool:
        """Whether this person made the proposal, and therefore can't approve it."""
        return self.proposal is not None and self.proposal.made_by_id == self.person.pk

    @cached_property
    def progress(self) -> list[Progress]:
        """What the case obliges us to tell, and how far that is."""
        return progress_of(self.case)

    @property
    def met(self) -> int:
        """How many obligations are met."""
        return sum(each.is_met for each in self.progress)

    @cached_property
    def evidence(self) -> list[CaseEvidence]:
        """What was kept beside the case, oldest first."""
        kept = self.case.evidence.select_related("partner").order_by("-received_at", "-id")
        return list(kept[:MOST_EVIDENCE])[::-1]

    @cached_property
    def books(self) -> Books:
        """What each party's book said."""
        return Books(self.case, self.evidence)

    @cached_property
    def parties(self) -> list[PartyCard]:
        """Both banks, the home province, and whoever else had a part."""
        talk, case = Talk(self.case, self.evidence), self.case
        sides = [
            (case.standing.bank if case.standing else None, _("standing"), "standing"),
            (case.contested.bank if case.contested else None, _("contested"), "contested"),
            (case.province, _("home province"), ""),
        ]
        cards: dict[int | None, PartyCard] = {}
        for partner, role, side in sides:
            if partner is not None and partner.pk not in cards:
                messages = talk.with_party(partner.pk)
                cards[partner.pk] = PartyCard(partner, role, side, self.books.answers_of(partner), messages)
        others = Partner.objects.filter(pk__in=[pk for pk in talk.parties if pk and pk not in cards])
        for other in others:
            cards[other.pk] = PartyCard(other, _("also involved"), "", (), talk.with_party(other.pk))
        if talk.with_party(None):
            cards[None] = PartyCard(None, "", "", (), talk.with_party(None))
        return list(cards.values())

    @cached_property
    def record(self) -> list[Entry]:
        """Who did what and when."""
        return record_of(self.case, self.evidence)

    @cached_property
    def other_contracts(self) -> list[Contract]:
        """The number's other contracts, newest first."""
        if not self.case.msisdn:
            return []
        sides = [pk for pk in (self.case.standing_id, self.case.contested_id) if pk]
        others = Contract.objects.filter(msisdn=self.case.msisdn).exclude(pk__in=sides)
        others = within_provinces(others, self.person, "province")
        return list(others.select_related("bank").defer(*SEALED).order_by("-id")[:MOST_OTHERS])

    @cached_property
    def other_cases(self) -> list[ManualCase]:
        """The number's other cases, newest first."""
        same = {"msisdn": self.case.msisdn} if self.case.msisdn else {"about": self.case.about}
        others = ManualCase.objects.filter(**same).exclude(pk=self.case.pk)
        return list(within_provinces(others, self.person, "province").order_by("-id")[:MOST_OTHERS])

    @property
    def people(self) -> QuerySet[Any]:
        """Who the case can be given to."""
        return people_who_decide().exclude(pk=self.case.owner_id)

    @property
    def _is_contested(self) -> bool:
        contested = self.case.contested
        return contested is not None and contested.state == "CONTESTED"


def people_who_decide() -> QuerySet[Any]:
    """Return the active staff who may decide cases, by name."""
    right = Permission.objects.filter(codename="decide_manualcase", content_type__app_label="signing")
    people = get_user_model().objects.filter(is_active=True, is_staff=True)
    entitled = Q(groups__permissions__in=right) | Q(user_permissions__in=right) | Q(is_superuser=True)
    return people.filter(entitled).distinct().order_by("username")
