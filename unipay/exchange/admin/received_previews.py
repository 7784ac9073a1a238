"""What will happen to a file that people accept or refuse, in sentences for who confirms it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from unipay.backoffice.admin import Preview, Question
from unipay.exchange.models import ReceivedFile, ReceivedState

_DECIDED = gettext_lazy("The file does not wait for a decision any more.")


class RemarkForm(forms.Form):
    """Why."""

    remark = forms.CharField(
        label=gettext_lazy("remark"),
        max_length=400,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        error_messages={"required": gettext_lazy("Please say why.")},
    )


def accepted(file: ReceivedFile) -> Preview:
    """How many lines count, and how many do not."""
    if file.state != ReceivedState.CHECKED:
        return Preview(refusal=_DECIDED)
    if not file.line_count:
        return Preview(
            (_("The file is empty: it counts as declared empty, and nothing is compared with it."),)
        )
    counts = {"accepted": f"{file.accepted_count:,}", "faulty": f"{file.faulty_count:,}"}
    return Preview(
        (
            _("%(accepted)s lines count and are passed on at once.") % counts,
            _("%(faulty)s faulty lines are left out; what they are about is not corrected by this file.")
            % counts,
        )
    )


def refused(file: ReceivedFile) -> Preview:
    """That none of it counts."""
    if file.state != ReceivedState.CHECKED:
        return Preview(refusal=_DECIDED)
    return Preview(
        (
            _("None of its %(count)s lines counts.") % {"count": f"{file.line_count or 0:,}"},
            _("The partner is told your remark, and may send the file again, also unchanged."),
        )
    )


ACCEPTING = Question(
    title=gettext_lazy("Accept this file without its faulty lines?"),
    warning=gettext_lazy("What is accepted cannot be called back: a corrected file takes its place."),
    button=gettext_lazy("Accept without the faulty lines"),
    preview=accepted,
    form_class=RemarkForm,
    is_dangerous=False,
)
REFUSING = Question(
    title=gettext_lazy("Refuse this file?"),
    warning=gettext_lazy("A refused file stays refused."),
    button=gettext_lazy("Refuse the file"),
    preview=refused,
    form_class=RemarkForm,
)
