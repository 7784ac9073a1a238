"""What will the treatments do, and how much of our book is that? Counts in, sentences out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reconciliation.shrinkage import is_too_much
from reconciliation.states import ENDING, Treatment


@dataclass(frozen=True)
class Effect:
    """What one treatment does to how many contracts, in words; `ends` marks those that end contracts."""

    treatment: Treatment
    count: int
    words: str

    @property
    def ends(self) -> bool:
        """Whether contracts end by it."""
        return self.treatment in ENDING


@dataclass(frozen=True)
class Shrinkage:
    """How much of a book would end, beside what the guard lets pass unseen; permille of `standing`."""

    ending: int
    standing: int
    permille: int

    @property
    def is_too_much(self) -> bool:
        """Whether people must say that it is right."""
        return is_too_much(ending=self.ending, standing=self.standing, permille=self.permille)

    @property
    def share(self) -> str:
        """How much would end, in percent."""
        return percent(self.ending, self.standing)

    @property
    def allowed(self) -> str:
        """How much may end unseen, in percent."""
        return percent(self.permille, 1000)

    @property
    def words(self) -> str:
        """All of it in one sentence."""
        said = {
            "ending": f"{self.ending:,}",
            "standing": f"{self.standing:,}",
            "share": self.share,
            "allowed": self.allowed,
        }
        return (
            _("It would end %(ending)s of %(standing)s contracts (%(share)s); up to %(allowed)s pass unseen.")
            % said
        )


def effects(planned: Mapping[str, int]) -> Sequence[Effect]:
    """Return what the treatments of the open discrepancies (treatment: how many) do, the weightiest first."""
    told = [Effect(each, planned[each], _words(each, planned[each])) for each in _ORDER if planned.get(each)]
    return tuple(told)


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal: more than nothing never looks like nothing, less than all never like all."""
    if not whole:
        return "0 %" if not part else "100 %"
    thousandths = 1000 * part // whole if part < whole else 1000
    return "< 0.1 %" if part and not thousandths else f"{thousandths // 10}.{thousandths % 10} %"


_ORDER = (
    Treatment.TERMINATE,
    Treatment.DELETE,
    Treatment.CREATE,
    Treatment.AMEND,
    Treatment.ADD,
    Treatment.UPDATE,
    Treatment.CASE,
    Treatment.RETURN,
    Treatment.IGNORE,
)


def _words(treatment: Treatment, count: int) -> str:
    said = {"count": f"{count:,}"}
    match treatment:
        case Treatment.TERMINATE:
            text = ngettext("%(count)s contract ends here", "%(count)s contracts end here", count)
        case Treatment.DELETE:
            text = ngettext(
                "the province is told to delete %(count)s contract",
                "the province is told to delete %(count)s contracts",
                count,
            )
        case Treatment.CREATE:
            text = ngettext(
                "%(count)s contract is created here", "%(count)s contracts are created here", count
            )
        case Treatment.AMEND:
            text = ngettext(
                "%(count)s contract takes the bank's values",
                "%(count)s contracts take the bank's values",
                count,
            )
        case _:
            text = _softer(treatment, count)
    return text % said


def _softer(treatment: Treatment, count: int) -> str:
    match treatment:
        case Treatment.ADD:
            return ngettext(
                "the province is told to add %(count)s contract",
                "the province is told to add %(count)s contracts",
                count,
            )
        case Treatment.UPDATE:
            return ngettext(
                "the province is told to update %(count)s contract",
                "the province is told to update %(count)s contracts",
                count,
            )
        case Treatment.CASE:
            return ngettext(
                "%(count)s case is opened for people", "%(count)s cases are opened for people", count
            )
        case Treatment.RETURN:
            return ngettext(
                "%(count)s line is given back to the bank",
                "%(count)s lines are given back to the bank",
                count,
            )
        case _:
            return ngettext("%(count)s is left as it is", "%(count)s are left as they are", count)
