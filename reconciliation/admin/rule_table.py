"""What the domain says beside what applies now, for one partner and period: the rules as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reconciliation.models import TreatmentRule
from reconciliation.states import AGAINST_BANK, AGAINST_PROVINCE, Difference, Period, Treatment
from reconciliation.treatment import DEFAULTS, Rule, treatments
from unipay.errors import Text
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

_OF_NOBODY = 0


@dataclass(frozen=True)
class Line:
    """One difference: what is always done, what is done now, by which rule, and whether that departs."""

    difference: Text
    usual: Text
    applies: Text
    rule: TreatmentRule | None

    @property
    def departs(self) -> bool:
        """Whether something else is done than usual."""
        return self.rule is not None


@dataclass(frozen=True)
class Table:
    """The lines of one kind of partner and one period."""

    title: str
    lines: tuple[Line, ...]


def tables(rules: Sequence[TreatmentRule], partner: Partner | None) -> list[Table]:
    """Return the tables of this partner, or of those that have no rule of their own."""
    kinds = [partner.kind] if partner else [PartnerKind.BANK, PartnerKind.PROVINCE]
    return [_table(rules, partner, kind, period) for kind in kinds for period in Period]


def _table(rules: Sequence[TreatmentRule], partner: Partner | None, kind: str, period: Period) -> Table:
    differences = AGAINST_BANK if kind == PartnerKind.BANK else AGAINST_PROVINCE
    partner_id = partner.pk if partner else _OF_NOBODY
    plain = [Rule(each.difference, each.treatment, each.partner_id, each.period) for each in rules]
    chosen = treatments(plain, partner_id=partner_id, period=period)
    side = _("bank against centre") if kind == PartnerKind.BANK else _("centre against province")
    lines = tuple(
        Line(
            each.label,
            DEFAULTS[each].label,
            chosen[each].label,
            _rule(rules, each, chosen[each], partner_id, period),
        )
        for each in differences
    )
    return Table(f"{side} · {period.label}", lines)


def _rule(
    rules: Sequence[TreatmentRule],
    difference: Difference,
    treatment: Treatment,
    partner_id: int,
    period: Period,
) -> TreatmentRule | None:
    """The closest rule that made it so; None where it is the usual treatment."""
    if treatment == DEFAULTS[difference]:
        return None
    fitting = [
        rule
        for rule in rules
        if rule.difference == difference
        and rule.treatment == treatment
        and rule.partner_id in (None, partner_id)
        and rule.period in ("", period)
    ]
    return max(fitting, key=lambda rule: (rule.partner_id is not None, rule.period != ""), default=None)
