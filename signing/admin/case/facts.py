"""A case read once into the values its rules speak of: the story, the preview, the comparison of books."""

from django.utils.functional import cached_property

from signing.admin.case.sent import lost_messages, reason_in_words
from signing.book_answers import Ours
from signing.case_preview import Facts, Lost, Preview, Side, preview
from signing.case_story import Party, Plot, Story, tell
from signing.correction_obstacle import OBSTACLE, in_words
from signing.models import Contract, ManualCase
from signing.states import ABOUT_MONEY, CaseReason, Decision
from unipay.errors import Text
from unipay.messaging.models import OutboundMessage


class CaseFacts:
    """One case with its contracts, fetched with their banks, and what could not be told to partners."""

    def __init__(self, case: ManualCase) -> None:
        self.case = case

    @cached_property
    def lost(self) -> list[OutboundMessage]:
        """The messages of this case that were refused or died, and still are owed."""
        return lost_messages(self.case)

    @cached_property
    def story(self) -> Story:
        """What happened, and what is asked."""
        failed = self.lost[0] if self.lost else None
        return tell(
            Plot(
                reason=self.case.reason,
                province=self.case.province.title if self.case.province else "",
                standing=_party(self.case.standing),
                contested=_party(self.case.contested),
                partner=failed.partner.title if failed else "",
                message=failed.title if failed else "",
                error=reason_in_words(failed) if failed else self._error,
                obstacle=self._obstacle,
            )
        )

    @property
    def _error(self) -> str:
        """What was said last of a matter of money."""
        if self.case.reason not in ABOUT_MONEY:
            return ""
        told = self.case.evidence.filter(facts__has_key="error").order_by("-id").first()
        return str(told.facts["error"]) if told else ""

    @property
    def _obstacle(self) -> Text:
        """Why the latest correction was not applied."""
        if self.case.reason != CaseReason.CORRECTION_IMPOSSIBLE:
            return ""
        told = self.case.evidence.filter(facts__has_key=OBSTACLE).order_by("-id").first()
        return in_words(told.facts[OBSTACLE]) if told else ""

    @cached_property
    def _facts(self) -> Facts:
        return Facts(
            province=self.case.province.title if self.case.province else "",
            standing=_side(self.case.standing),
            contested=_side(self.case.contested),
            lost=[Lost(message.partner.title, message.title) for message in self.lost],
        )

    def preview(self, decision: Decision) -> Preview:
        """What deciding so would do now."""
        return preview(decision, self._facts)


def ours(contract: Contract | None) -> Ours | None:
    """A contract as it is looked for in other books."""
    if contract is None:
        return None
    return Ours(contract.contract_no, contract.bank_contract_no, contract.bank.code, contract.state)


def bank_title(contract: Contract | None) -> Text:
    """The name of a contract's bank, in the language of the moment."""
    return contract.bank.title if contract is not None else ""


def _side(contract: Contract | None) -> Side | None:
    return Side(contract.bank.title, contract.state) if contract is not None else None


def _party(contract: Contract | None) -> Party | None:
    if contract is None:
        return None
    return Party(
        contract.bank.title,
        contract.state,
        contract.signed_at,
        contract.account_index,
        contract.identity_index,
    )
