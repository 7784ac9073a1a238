"""POST /file-uploads, PUT …/pieces/{number}, POST …/completion: a partner's file comes in pieces."""

from functools import partial
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from unipay.api import errors as api_errors
from unipay.api.parsing import require_plain
from unipay.api.view import Answer, Call, OrderView, PartnerReadView, PartnerView, SignedView
from unipay.errors import Refusal
from unipay.exchange import errors
from unipay.exchange.api import examples
from unipay.exchange.api.shapes import CompletionOrder, FileAnswer, PieceAnswer, UploadAnswer, UploadOrder
from unipay.exchange.flows import upload as upload_flow
from unipay.exchange.flows.receive import Arrival
from unipay.exchange.models import FileOrigin, ReceivedFile, Upload
from unipay.exchange.representation import received_facts, upload_facts
from unipay.messaging import inbox
from unipay.messaging.inbox import Envelope, Replied
from unipay.partners.models import Partner

_COMPLETION_SECONDS = 900
_OCTETS = "application/octet-stream"


class FileUploadsView(PartnerView):
    """Announce a file that you will send in pieces."""

    operation = "files.create"
    request_class = UploadOrder
    answer_class = UploadAnswer
    success_status = 201
    tag = "files"
    reasons = (
        errors.FILE_CONTRADICTS,
        errors.FILE_EMPTY,
        errors.FILE_KIND_NOT_TOLD,
        errors.FILE_KIND_UNKNOWN,
        errors.FILE_NAME_UNFIT,
        errors.FILE_TOO_LARGE,
        errors.UPLOADS_TOO_MANY,
    )
    examples = (
        OpenApiExample("upload", value=examples.UPLOAD, request_only=True),
        OpenApiExample("opened", value=examples.UPLOAD_OPENED, response_only=True, status_codes=["201"]),
    )

    def effect(self, order: dict[str, Any], call: Call) -> Answer:
        """Begin the upload."""
        arrival = Arrival(
            partner=call.partner,
            name=order["name"],
            origin=FileOrigin.API,
            kind=order.get("kind", ""),
            business_date=order.get("business_date"),
            digest=order["sha256"],
            size=order["size"],
            is_declared_empty=order["is_declared_empty"],
        )
        return Answer(201, upload_facts(upload_flow.open_upload(arrival, now=call.now)))


class FileUploadView(PartnerReadView):
    """Read which pieces of an upload are missing."""

    operation = "files.create"
    answer_class = UploadAnswer
    tag = "files"
    reasons = (errors.UPLOAD_NOT_FOUND,)
    examples = (OpenApiExample("what is missing", value=examples.UPLOAD_OPENED, response_only=True),)

    def read(self, call: Call) -> dict[str, Any]:
        """The upload, if it is the partner's."""
        return upload_facts(_own(call.partner, self.kwargs["upload_no"]))


class OctetsParser(BaseParser):
    """Leaves the body as it is; the view takes its bytes."""

    media_type = _OCTETS

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the bytes."""
        return stream.read()


class FileUploadPieceView(SignedView):
    """Send one piece: its bytes are the body. The same piece again changes nothing."""

    operation = "files.create"
    http_method_names = ["put"]
    parser_classes = [OctetsParser]
    request_body = OpenApiTypes.BINARY
    answer_class = PieceAnswer
    tag = "files"
    reasons = (
        api_errors.MEDIA_TYPE_UNSUPPORTED,
        errors.PIECE_DIFFERS,
        errors.PIECE_UNFIT,
        errors.UPLOAD_NOT_FOUND,
        errors.UPLOAD_OVER,
    )
    examples = (
        OpenApiExample("a piece", value="H|ICBC|20261121…", request_only=True, media_type=_OCTETS),
        OpenApiExample("piece kept", value=examples.PIECE_TAKEN, response_only=True),
    )

    def put(self, request: Request, **kwargs: Any) -> Response:
        """Keep the piece."""
        require_plain(request._request)
        is_octets = (request.content_type or "").partition(";")[0].strip().lower() == _OCTETS
        # Nothing needs no type; that it is no piece is said below.
        if request._request.body and not is_octets:
            raise Refusal(api_errors.MEDIA_TYPE_UNSUPPORTED, _OCTETS)
        call = self.call_of(request)
        upload = _own(call.partner, kwargs["upload_no"])
        piece = upload_flow.take_piece(upload, kwargs["number"], request._request.body, now=call.now)
        facts = {"number": piece.number, "size": piece.size, "sha256": piece.digest}
        return Response({"upload_no": upload.upload_no, **facts})


class FileUploadCompletionView(OrderView):
    """Say that all pieces were sent: they become a file, which we then read.

    Missing pieces are told in `conflict`; send them, and say so again under a new request_no.
    """

    operation = "files.create"
    request_class = CompletionOrder
    answer_class = FileAnswer
    success_status = 201
    tag = "files"
    reasons = (
        errors.DUPLICATE_FILE,
        errors.PIECES_MISSING,
        errors.UPLOAD_NOT_FOUND,
        errors.UPLOAD_OVER,
        errors.WHOLE_DIFFERS,
    )
    examples = (
        OpenApiExample("completion", value=examples.COMPLETION, request_only=True),
        OpenApiExample("received", value=examples.RECEIVED, response_only=True, status_codes=["201"]),
    )

    def reply(self, order: dict[str, Any], call: Call, envelope: Envelope) -> Replied:
        """Put the pieces together outside any transaction, as that may take minutes; then keep the answer."""
        return inbox.answer_asking(
            envelope,
            partial(self.put_together, call),
            lambda file: Answer(201, received_facts(file)),
            lease_seconds=_COMPLETION_SECONDS,
        )

    def put_together(self, call: Call) -> ReceivedFile:
        """Return the file the pieces make."""
        upload = _own(call.partner, self.kwargs["upload_no"])
        return upload_flow.complete(upload, request_no=call.request_no, now=call.now)


def _own(partner: Partner, upload_no: str) -> Upload:
    uploads = Upload.objects.filter(partner=partner, uploaded_by=None).select_related("file")
    upload = uploads.filter(upload_no=upload_no).first()
    if upload is None:
        raise Refusal(errors.UPLOAD_NOT_FOUND)
    return upload
