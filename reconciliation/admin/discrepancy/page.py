"""Everything the page of one discrepancy shows, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from reconciliation import queries
from reconciliation.admin.columns import DISCREPANCY_COLOURS, run_page
from reconciliation.admin.discrepancy.sides import Line, differing, lines
from reconciliation.models import Discrepancy, TreatmentRule
from reconciliation.states import Difference, DiscrepancyState, RunState
from reconciliation.treatment import DEFAULTS
from unipay import msisdn
from unipay.backoffice.admin.outcomes import link_to
from unipay.backoffice.subscriber import Subscriber

MOST_BACK = 31


@dataclass(frozen=True)
class Found:
    """The same discrepancy in one run: when, what became of it, and where it is shown."""

    row: Discrepancy
    is_this: bool
    colour: str


class DiscrepancyPage:
    """The page of one discrepancy for one person."""

    def __init__(self, row: Discrepancy, person: Any) -> None:
        self.row, self.run, self.person = row, row.run, person

    @property
    def colour(self) -> str:
        """The colour of its state."""
        return DISCREPANCY_COLOURS[self.row.state]

    @property
    def number(self) -> str:
        """The mobile number, masked."""
        return msisdn.mask(self.row.msisdn) if self.row.msisdn else ""

    @property
    def subscriber_url(self) -> str:
        """Everything about the number."""
        return Subscriber(self.row.msisdn).address if self.row.msisdn else ""

    @cached_property
    def lines(self) -> list[Line]:
        """Both sides."""
        return lines(self.row)

    @property
    def differing(self) -> str:
        """What differs, in words."""
        return differing(self.row)

    @property
    def their_name(self) -> str:
        """Whose book is compared with ours."""
        return str(self.run.partner.title)

    @property
    def run_url(self) -> str:
        """The run's page, for who may see it."""
        return run_page(self.run.pk) if self._may("reconciliation.view_run") else ""

    @property
    def contract_url(self) -> str:
        """The contract's page, for who may see it."""
        return link_to(self.row.contract) if self.row.contract and self._may("signing.view_contract") else ""

    @property
    def case_url(self) -> str:
        """The case's page, for who may see it."""
        return link_to(self.row.case) if self.row.case and self._may("signing.view_manualcase") else ""

    @property
    def file_url(self) -> str:
        """The file's page, for who may see it."""
        return link_to(self.run.file) if self._may("exchange.view_receivedfile") else ""

    @cached_property
    def why(self) -> str:
        """Why it is treated so: by the domain's table, or by a rule that people made."""
        if not self.row.treatment:
            return _("Nothing is done about it in this run.")
        if self.row.treatment == DEFAULTS[Difference(self.row.difference)]:
            return _("That is what is always done about such a difference.")
        rule = self._rule
        if rule is None:
            return _("A rule said so that has been changed since.")
        return _("A rule says so: %(why)s") % {"why": rule.remark}

    @cached_property
    def shield(self) -> str:
        """Why it was carried, in a sentence."""
        if self.row.state != DiscrepancyState.CARRIED:
            return ""
        return _("It was left for the next run: %(why)s.") % {"why": self.row.get_shield_display()}

    @cached_property
    def history(self) -> Sequence[Found]:
        """The runs that found the same, oldest first."""
        before: list[Discrepancy] = []
        each: Discrepancy | None = self.row
        while each is not None and each.carried_from_id and len(before) < MOST_BACK:
            each = (
                Discrepancy.objects.select_related("run__partner")
                .defer("their_secrets")
                .get(pk=each.carried_from_id)
            )
            before.insert(0, each)
        later = Discrepancy.objects.filter(carried_from=self.row).select_related("run__partner")
        rows = [*before, self.row, *later.order_by("pk")]
        return [Found(row, row.pk == self.row.pk, DISCREPANCY_COLOURS[row.state]) for row in rows]

    @property
    def line_words(self) -> str:
        """Where the line stands."""
        if self.row.line_no is None:
            return ""
        return _("line %(line)s") % {"line": f"{self.row.line_no:,}"}

    @property
    def may_hold_back(self) -> bool:
        """Whether the run may still leave it out."""
        is_waiting = self.run.state == RunState.AWAITING_APPROVAL
        is_open = self.row.state == DiscrepancyState.OPEN and is_waiting
        return self._may("reconciliation.change_discrepancy") and is_open

    @property
    def may_ignore(self) -> bool:
        """Whether it may be left as it is."""
        is_carried = self.row.state == DiscrepancyState.CARRIED and self.row.taken_up_by_id is None
        return self.may_hold_back or self._may("reconciliation.change_discrepancy") and is_carried

    @cached_property
    def _rule(self) -> TreatmentRule | None:
        chosen = queries.chosen_treatments(self.run)
        if chosen[Difference(self.row.difference)] != self.row.treatment:
            return None
        rules = TreatmentRule.objects.filter(difference=self.row.difference, treatment=self.row.treatment)
        mine = rules.filter(partner=self.run.partner_id) | rules.filter(partner=None)
        return mine.order_by("partner_id").first()

    def _may(self, right: str) -> bool:
        return bool(self.person.has_perm(right))
