"""May this document be attached to a case? Judged by what it is, never by what it is called."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from unipay.errors import Text

MOST_BYTES = 5 * 1024 * 1024
TOO_LARGE = _("The file is larger than 5 MB.")
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


@dataclass(frozen=True)
class Inspected:
    """The type a document really has, or why it can't be attached."""

    content_type: str = ""
    why_not: Text = ""


def inspect(content: bytes) -> Inspected:
    """Return what the document is, told from how it begins."""
    if not content:
        return Inspected(why_not=_("The file is empty."))
    if len(content) > MOST_BYTES:
        return Inspected(why_not=TOO_LARGE)
    for beginning, content_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return Inspected(content_type)
    return Inspected(why_not=_("Only PDF, PNG and JPEG can be attached."))
