"""What happened to the contracts of a number, newest first: their journal, what it does not tell, and the cases."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from django.urls import reverse
from django.utils.translation import gettext as _

from signing.models import Contract, ManualCase, SigningTransaction
from signing.states import CaseState, EndReason, TransactionKind
from unipay.backoffice.subscriber import Event

MOST_EVENTS = 40
_LOOKS = {
    TransactionKind.SIGNED: ("check", "success"),
    TransactionKind.AMENDED: ("edit", "info"),
    TransactionKind.SUSPENDED: ("pause", "warning"),
    TransactionKind.RESUMED: ("play_arrow", "success"),
    TransactionKind.TERMINATED: ("close", "danger"),
}


def life_of(contracts: Sequence[Contract], cases: Sequence[ManualCase]) -> list[Event]:
    """Return the latest MOST_EVENTS events; one question, for the journal of all of these contracts."""
    by_id = {contract.pk: contract for contract in contracts}
    lines = SigningTransaction.objects.filter(contract__in=by_id).select_related("source_partner")
    journal = list(lines.order_by("-occurred_at")[:MOST_EVENTS])
    ended = {line.contract_id for line in journal if line.kind == TransactionKind.TERMINATED}
    events = [_of_line(line, by_id[line.contract_id]) for line in journal]
    for contract in contracts:
        events += _of_contract(contract, is_end_told=contract.pk in ended)
    for case in cases:
        events += _of_case(case)
    return sorted(events, key=attrgetter("at"), reverse=True)[:MOST_EVENTS]


def _of_line(line: SigningTransaction, contract: Contract) -> Event:
    icon, colour = _LOOKS[TransactionKind(line.kind)]
    reason = dict(EndReason.choices).get(line.reason, line.reason)
    told_by = line.source_partner.title if line.source_partner else line.get_source_display()
    title = _("%(what)s: %(bank)s") % {"what": line.get_kind_display(), "bank": contract.bank.title}
    detail = _("told by %(who)s") % {"who": told_by}
    address = reverse("admin:signing_signingtransaction_change", args=(line.pk,))
    return Event(
        line.occurred_at, title, _joined(detail, reason, contract.contract_no), icon, colour, address
    )


def _of_contract(contract: Contract, *, is_end_told: bool) -> Iterator[Event]:
    bank = {"bank": contract.bank.title}
    about = _joined(contract.get_channel_display(), contract.contract_no)
    yield Event(contract.opened_at, _("signing begun: %(bank)s") % bank, about, "draft", "info")
    if contract.ended_at and not is_end_told:
        why = _joined(contract.get_end_reason_display(), contract.contract_no)
        yield Event(contract.ended_at, _("signing ended: %(bank)s") % bank, why, "close", "danger")


def _of_case(case: ManualCase) -> Iterator[Event]:
    address = reverse("admin:signing_manualcase_change", args=(case.pk,))
    reason = _joined(case.get_reason_display(), case.case_no)
    yield Event(case.opened_at, _("case opened"), reason, "gavel", "warning", address)
    if case.decided_at:
        decided = _joined(case.get_decision_display(), case.case_no)
        yield Event(case.decided_at, _("case decided"), decided, "gavel", "info", address)
    if case.closed_at:
        title = _("case closed") if case.state == CaseState.CLOSED else case.get_state_display()
        yield Event(case.closed_at, title, case.case_no, "task_alt", "success", address)


def _joined(*parts: object) -> str:
    texts: Iterable[str] = (str(part) for part in parts if part)
    return " · ".join(texts)
