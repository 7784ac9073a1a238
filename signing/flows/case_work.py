"""What happens when staff work on a manual case: take it, pass it on, give it back, comment, attach (domain.md A4)."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from signing.attachment import inspect
from signing.errors import (
    ATTACHMENT_REFUSED,
    CASE_NOT_YOURS,
    CASE_OVER,
    CASE_TAKEN,
    MAY_NOT_DECIDE,
    OF_ANOTHER_PROVINCE,
)
from signing.models import CaseAttachment, CaseComment, ManualCase
from signing.states import OVER
from unipay.approvals.errors import REMARK_MISSING
from unipay.backoffice.provinces import may_see_province
from unipay.errors import Refusal

MOST_ATTACHMENTS = 20


@dataclass(frozen=True)
class Upload:
    """A document as it was uploaded."""

    name: str
    content: bytes


@transaction.atomic
def take(case_no: str, *, by_id: int) -> ManualCase:
    """Make a case one's own that is nobody's; taking one's own again changes nothing."""
    case = _locked(case_no)
    if case.owner_id not in (None, by_id):
        raise Refusal(CASE_TAKEN)
    return _own(case, by_id)


@transaction.atomic
def assign(case_no: str, *, to_id: int) -> ManualCase:
    """Give a case to somebody who may decide cases, whoever had it before."""
    person = get_user_model().objects.filter(pk=to_id).first()
    if person is None or not person.has_perm("signing.decide_manualcase"):
        raise Refusal(MAY_NOT_DECIDE)
    case = _locked(case_no)
    if not may_see_province(person, case.province_id):
        raise Refusal(OF_ANOTHER_PROVINCE)
    return _own(case, to_id)


@transaction.atomic
def give_back(case_no: str, *, by_id: int) -> ManualCase:
    """Return one's own case to the team."""
    case = _locked(case_no)
    if case.owner_id != by_id:
        raise Refusal(CASE_NOT_YOURS)
    return _own(case, None)


@transaction.atomic
def comment(case_no: str, *, text: str, by_id: int, now: datetime) -> CaseComment:
    """Note something for whoever looks next; a case that is over can still be commented on."""
    if not text.strip():
        raise Refusal(REMARK_MISSING)
    case = ManualCase.objects.get(case_no=case_no)
    return CaseComment.objects.create(case=case, author_id=by_id, text=text.strip(), written_at=now)


@transaction.atomic
def attach(case_no: str, *, upload: Upload, by_id: int, now: datetime) -> CaseAttachment:
    """Keep a document beside the case, sealed; the same document again is the one already there."""
    found = inspect(upload.content)
    if found.why_not:
        raise Refusal(ATTACHMENT_REFUSED, found.why_not)
    case = ManualCase.objects.select_for_update().get(case_no=case_no)
    digest = hashlib.sha256(upload.content).hexdigest()
    present = case.attachments.defer("content").filter(sha256=digest).first()
    if present is not None:
        return present
    if case.attachments.count() >= MOST_ATTACHMENTS:
        raise Refusal(ATTACHMENT_REFUSED, _("A case keeps 20 documents at most."))
    return CaseAttachment.objects.create(
        case=case,
        author_id=by_id,
        name=upload.name[-150:],
        content_type=found.content_type,
        size_bytes=len(upload.content),
        sha256=digest,
        content=base64.b64encode(upload.content).decode(),
        attached_at=now,
    )


def content_of(attachment: CaseAttachment) -> bytes:
    """Open a document that was attached."""
    return base64.b64decode(attachment.content)


def _locked(case_no: str) -> ManualCase:
    case = ManualCase.objects.select_for_update().get(case_no=case_no)
    if case.state in OVER:
        raise Refusal(CASE_OVER)
    return case


def _own(case: ManualCase, owner_id: int | None) -> ManualCase:
    if case.owner_id != owner_id:
        case.owner_id = owner_id
        case.save(update_fields=["owner"])
    return case
