"""What will happen to a file of ours, in sentences for who confirms it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unipay.backoffice.admin import Preview, Question
from unipay.exchange.admin.received_previews import RemarkForm
from unipay.exchange.models import Route, SentFile, SentState

_SETTLED = gettext_lazy("The file was acknowledged, refused or cancelled before.")


def _is_open(file: SentFile) -> bool:
    return file.state in (SentState.READY, SentState.DELIVERED)


def acknowledged(file: SentFile) -> Preview:
    """What follows from the partner having it."""
    if not _is_open(file):
        return Preview(refusal=_SETTLED)
    return Preview((_("%(partner)s counts as having the file.") % {"partner": file.partner.title},))


def refused(file: SentFile) -> Preview:
    """What follows from a refusal."""
    if not _is_open(file):
        return Preview(refusal=_SETTLED)
    return Preview(
        (
            _("The file counts as refused as a whole: none of its %(count)s lines was applied.")
            % {"count": f"{file.row_count:,}"},
            _("What it is about is told, and operations get an alarm."),
        )
    )


def again(file: SentFile) -> Preview:
    """That it is delivered now."""
    if file.state != SentState.READY or file.route != Route.DIRECTORY:
        return Preview(refusal=gettext_lazy("not possible in its present state."))
    return Preview(
        (_("A worker lays it into the partner's directory now, and tries again where that fails."),)
    )


def cancelled(file: SentFile) -> Preview:
    """That nobody gets it any more."""
    if not _is_open(file):
        return Preview(refusal=_SETTLED)
    effects = [_("Nobody can fetch it any more.")]
    if file.state == SentState.DELIVERED:
        effects.append(
            _("It was delivered: tell %(partner)s not to use it.") % {"partner": file.partner.title}
        )
    return Preview(tuple(effects))


ACKNOWLEDGING = Question(
    title=gettext_lazy("Has the partner taken this file?"),
    warning=gettext_lazy("Write down who said so, and how."),
    button=gettext_lazy("Note it"),
    preview=acknowledged,
    form_class=RemarkForm,
    is_dangerous=False,
)
REFUSED = Question(
    title=gettext_lazy("Has the partner refused this file?"),
    warning=gettext_lazy("It cannot be taken back. What was corrected by it stays open."),
    button=gettext_lazy("Note the refusal"),
    preview=refused,
    form_class=RemarkForm,
)
AGAIN = Question(
    title=gettext_lazy("Deliver this file again?"),
    warning="",
    button=gettext_lazy("Deliver again"),
    preview=again,
    is_dangerous=False,
)
CANCELLING = Question(
    title=gettext_lazy("Cancel this file?"),
    warning=gettext_lazy("A cancelled file does not come back: what it was about is written anew."),
    button=gettext_lazy("Cancel the file"),
    preview=cancelled,
    form_class=RemarkForm,
)
