"""GET /files and what may be asked of one: its state, its faults, its content, its acknowledgement."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample

from unipay.api.view import Answer, Call, PartnerListView, PartnerReadView, PartnerView
from unipay.errors import Refusal
from unipay.exchange import errors, queries
from unipay.exchange.api import examples
from unipay.exchange.api.contents import ContentView
from unipay.exchange.api.shapes import AcknowledgementOrder, FileAnswer, FileQuery, OneFileAnswer
from unipay.exchange.flows import acknowledge, deliver
from unipay.exchange.models import ReceivedFile, SentFile, SentState
from unipay.exchange.representation import TO_YOU, received_facts, received_in_full, sent_facts
from unipay.partners.models import Partner


class FilesView(PartnerListView[Any]):
    """List our files for you, or with direction=FROM_YOU those you sent us, newest first."""

    operation = "files.read"
    query_class = FileQuery
    answer_class = FileAnswer
    tag = "files"
    examples = (
        OpenApiExample(
            "one page", value={"results": [examples.SENT], "next_cursor": None}, response_only=True
        ),
    )

    def rows(self, query: dict[str, Any], call: Call) -> QuerySet[Any, Any]:
        """The partner's own files that match."""
        own = queries.sent_to if query["direction"] == TO_YOU else queries.received_by
        wanted = {name: query[name] for name in ("kind", "state", "business_date") if name in query}
        return own(call.partner).filter(**wanted)

    def represent(self, row: ReceivedFile | SentFile) -> dict[str, Any]:
        """The file as partners read it."""
        return sent_facts(row) if isinstance(row, SentFile) else received_facts(row)


class FileView(PartnerReadView):
    """Read what became of a file, yours or ours."""

    operation = "files.read"
    answer_class = OneFileAnswer
    tag = "files"
    reasons = (errors.FILE_NOT_FOUND,)
    examples = (OpenApiExample("accepted", value=examples.ACCEPTED, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """The file, if it is the partner's."""
        received = queries.received_by(call.partner).filter(file_no=self.kwargs["file_no"]).first()
        if received is not None:
            return received_in_full(received)
        return sent_facts(_sent(call.partner, self.kwargs["file_no"]))


class FileFaultsView(ContentView):
    """Fetch the list of everything wrong with a file of yours.

    CSV in UTF-8: line, column, fault, reason, excerpt. One answer holds 8 MiB at most: ask for a longer list in ranges.
    """

    operation = "files.read"
    answer_media_type = "text/csv"
    tag = "files"
    reasons = (*ContentView.reasons, errors.FAULTS_NOT_READY)
    examples = (
        OpenApiExample(
            "faults",
            value=examples.FAULT_LIST,
            response_only=True,
            media_type="text/csv",
            status_codes=["200", "206"],
        ),
    )

    def kept_as(self, call: Call) -> tuple[str, str]:
        """The fault list of the file, if it is the partner's and has one."""
        file = queries.received_by(call.partner).filter(file_no=self.kwargs["file_no"]).first()
        if file is None:
            raise Refusal(errors.FILE_NOT_FOUND)
        if not file.faulty_count:
            raise Refusal(errors.FAULTS_NOT_READY)
        return queries.fault_list_no(file), f"{file.file_no}-faults.csv"


class FileContentView(ContentView):
    """Fetch the content of a file of ours.

    One answer holds 8 MiB at most: fetch a larger file in ranges (`Range: bytes=0-8388607`), each of them signed, and
    compare the SHA-256 of the whole.
    """

    operation = "files.read"
    answer_media_type = "application/octet-stream"
    tag = "files"
    examples = (
        OpenApiExample(
            "content",
            value="H|ZJ|20261121…",
            response_only=True,
            media_type="application/octet-stream",
            status_codes=["200", "206"],
        ),
    )

    def kept_as(self, call: Call) -> tuple[str, str]:
        """The content, unless we took it back."""
        file = _sent(call.partner, self.kwargs["file_no"])
        if file.state == SentState.CANCELLED:
            raise Refusal(errors.CONTENT_MISSING)
        return file.file_no, file.name

    def given(self, call: Call) -> None:
        """The partner has it."""
        deliver.fetched(_sent(call.partner, self.kwargs["file_no"]), now=call.now)


class FileAcknowledgementView(PartnerView):
    """Say that you have a file of ours, or that you can't use it."""

    operation = "files.acknowledge"
    request_class = AcknowledgementOrder
    answer_class = FileAnswer
    tag = "files"
    reasons = (errors.FILE_NOT_FOUND, errors.SETTLED)
    examples = (
        OpenApiExample("acknowledgement", value=examples.ACKNOWLEDGEMENT, request_only=True),
        OpenApiExample("acknowledged", value=examples.ACKNOWLEDGED, response_only=True),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Settle the file."""
        file = _sent(call.partner, self.kwargs["file_no"])
        if order["result"] == "ACCEPTED":
            return Answer(200, sent_facts(acknowledge.accepted(file, now=call.now)))
        return Answer(200, sent_facts(acknowledge.refused(file, why=order["reason"], now=call.now)))


def _sent(partner: Partner, file_no: str) -> SentFile:
    file = queries.sent_to(partner).filter(file_no=file_no).first()
    if file is None:
        raise Refusal(errors.FILE_NOT_FOUND)
    return file
