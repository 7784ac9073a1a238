"""What was said between Unipay and each party of a case, both ways, in the order of time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signing.admin.case.sent import words_of
from signing.admin.case.words import exact_moment
from signing.book_answers import ASKED
from signing.correction_obstacle import OBSTACLE, in_words
from signing.models import CaseEvidence, ManualCase
from unipay import msisdn
from unipay.backoffice.admin import masked_json, yuan
from unipay.errors import CATALOGUE, Text
from unipay.logging import mask_text
from unipay.messaging.models import InboundRequest, InboundState, OutboundMessage
from unipay.partners.operations import operation_title

MOST_MESSAGES = 40

# The facts worth reading at a glance, in this order; the rest is in the raw text.
_TITLES: dict[str, Text] = {
    "bank_contract_no": gettext_lazy("bank's contract number"),
    "contract_no": gettext_lazy("our contract number"),
    "session_no": gettext_lazy("our session number"),
    "signing_request_no": gettext_lazy("its own request"),
    "account_mask": gettext_lazy("account"),
    "holder_mask": gettext_lazy("holder"),
    "signed_at": gettext_lazy("signed at"),
    "error": gettext_lazy("reason"),
    OBSTACLE: gettext_lazy("not applied because"),
    "recharge_no": gettext_lazy("recharge number"),
    "batch_no": gettext_lazy("batch number"),
    "item_no": gettext_lazy("item number"),
    "result_code": gettext_lazy("result code"),
    "reason": gettext_lazy("our reason"),
    "amount_fen": gettext_lazy("amount"),
    "asked_fen": gettext_lazy("asked for"),
    "said_fen": gettext_lazy("said to be taken"),
    "refund_by": gettext_lazy("credited or given back by"),
    "joined_network_at": gettext_lazy("number belongs to its owner since"),
    "file_no": gettext_lazy("file number"),
}
_MOMENTS = ("signed_at",)


@dataclass(frozen=True)
class Message:
    """One message: which way, when, what it was, how its signature stood, what came of it, and its facts."""

    at: datetime
    is_from_party: bool
    title: Text
    proof: Text
    outcome: Text
    colour: str
    number: str
    link: str
    facts: tuple[tuple[Text, str], ...] = ()
    raw: SafeString | str = ""

    @property
    def icon(self) -> str:
        """Which way it went; what Unipay noted went no way."""
        if self.is_from_party:
            return "call_received"
        return "call_made" if self.link else "edit_note"


class Talk:
    """Everything said about one case's number, by party; read in three queries, each bounded."""

    def __init__(self, case: ManualCase, evidence: Iterable[CaseEvidence]) -> None:
        told = [piece for piece in evidence if ASKED not in piece.facts]
        kept = {(piece.partner_id, piece.request_no): piece for piece in told if piece.request_no}
        self._by_party: dict[int | None, list[Message]] = defaultdict(list)
        requests = _requests_about(case).defer("body", "signature")
        for asked in requests.order_by("-received_at")[:MOST_MESSAGES]:
            piece = kept.pop((asked.partner_id, asked.request_no), None)
            self._by_party[asked.partner_id].append(_received(asked, piece))
        for piece in told:
            if not piece.request_no or (piece.partner_id, piece.request_no) in kept:
                self._by_party[piece.partner_id].append(_noted(piece))
        sent = _sent_about(case).defer("payload", "answer")
        for message in sent.order_by("-id")[:MOST_MESSAGES]:
            self._by_party[message.partner_id].append(_sent(message))

    def with_party(self, partner_id: int | None) -> list[Message]:
        """Return what was said to and by the party, oldest first."""
        return sorted(self._by_party.get(partner_id, []), key=lambda message: message.at)

    @property
    def parties(self) -> set[int | None]:
        """Everybody who said or was told something; None is Unipay itself."""
        return set(self._by_party)


def _requests_about(case: ManualCase) -> QuerySet[InboundRequest]:
    """What was asked of us about the number; a case about a whole file has none."""
    requests = InboundRequest.objects.filter(msisdn=case.msisdn)
    return requests if case.msisdn else requests.none()


def _sent_about(case: ManualCase) -> QuerySet[OutboundMessage]:
    """What we said about the matter, or about the number where the case is about a contract."""
    asked = {"subject": case.about} if case.about else {"msisdn": case.msisdn}
    return OutboundMessage.objects.filter(**asked)


def _received(asked: InboundRequest, piece: CaseEvidence | None) -> Message:
    answered, colour = _answered(asked)
    return Message(
        at=asked.received_at,
        is_from_party=True,
        title=operation_title(asked.operation),
        proof=_("signature right with key %(key)s") % {"key": asked.key_id},
        outcome=answered,
        colour=colour,
        number=asked.request_no,
        link=reverse("admin:messaging_inboundrequest_change", args=[asked.pk]),
        facts=tuple(_facts(piece.facts)) if piece else (),
        raw=masked_json(piece.facts) if piece else "",
    )


def _answered(asked: InboundRequest) -> tuple[Text, str]:
    if asked.state != InboundState.DONE:
        return _("being answered"), "info"
    if asked.status is not None and asked.status < 400:
        return _("we said yes"), "success"
    code = str((asked.answer or {}).get("code") or "")
    reason = CATALOGUE.get(code)
    why = reason.title if reason else code or f"HTTP {asked.status}"
    return format_lazy(_("we said no: {why}"), why=why), "warning"


def _noted(piece: CaseEvidence) -> Message:
    proof = (
        _("signature right with key %(key)s") % {"key": piece.key_id}
        if piece.key_id
        else _("noted by Unipay")
    )
    return Message(
        at=piece.received_at,
        is_from_party=bool(piece.request_no),
        title=_what_was_noted(piece),
        proof=proof,
        outcome="",
        colour="",
        number=piece.request_no,
        link="",
        facts=tuple(_facts(piece.facts)),
        raw=masked_json(piece.facts),
    )


def _what_was_noted(piece: CaseEvidence) -> Text:
    if OBSTACLE in piece.facts:
        return _("a line of its file")
    if piece.request_no:
        return _("told us")
    if "event_id" in piece.facts:
        failed = operation_title(str(piece.facts.get("kind", "")))
        return _("did not take “%(message)s”") % {"message": failed}
    return _("our book when the case was opened")


def _sent(message: OutboundMessage) -> Message:
    words, colour = words_of(message)
    return Message(
        at=message.created_at,
        is_from_party=False,
        title=message.title,
        proof=_("signed by Unipay"),
        outcome=words,
        colour=colour,
        number=str(message.event_id),
        link=reverse("admin:messaging_outboundmessage_change", args=[message.pk]),
        facts=((_("reason"), mask_text(message.last_error)),) if message.last_error else (),
    )


def _facts(facts: Mapping[str, Any]) -> Iterator[tuple[Text, str]]:
    for name, title in _TITLES.items():
        value = facts.get(name)
        if value:
            yield title, _written(name, value)
    numbers = facts.get("secondary_msisdns")
    if numbers:
        yield _("secondary numbers"), ", ".join(map(msisdn.mask, numbers))


def _written(name: str, value: Any) -> str:
    if name == OBSTACLE:
        return str(in_words(value))
    if name.endswith("_fen"):
        return yuan(int(value))
    return exact_moment(value) if name in _MOMENTS else str(value)
