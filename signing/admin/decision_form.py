"""What staff say when they decide a case: the decision, among those possible now, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from signing.states import Decision
from unipay.errors import Text

_CONSEQUENCES: dict[Decision, Text] = {
    Decision.KEEP_STANDING: _(
        "The standing contract goes on. The other bank is told to cancel the contested one."
    ),
    Decision.REPLACE: _(
        "The standing contract ends and its bank is told to cancel it. The contested one becomes formal."
    ),
    Decision.SAME_CONTRACT: _(
        "Both are one and the same signing: the contested entry is closed, and the standing contract confirmed again."
    ),
    Decision.ACCEPT: _("The contested contract becomes formal; its bank and the home province are told."),
    Decision.NEITHER: _("Every contract of this case ends, and every bank is told to cancel."),
    Decision.TERMINATE: _("The contract ends; its bank is told to cancel it, the province that it ended."),
    Decision.NOTIFY_AGAIN: _("What was refused or could not be delivered is sent again."),
    Decision.CLOSE: _("Nothing is changed, and what was refused or lost is not sent again."),
}
_ENDS_A_FORMAL_CONTRACT = (Decision.REPLACE, Decision.NEITHER, Decision.TERMINATE)


@dataclass(frozen=True)
class Choice:
    """One decision as a button: what it does, and whether it ends a contract that stands."""

    decision: Decision
    consequence: Text
    variant: str


class DecisionForm(forms.Form):
    """A decision with its remark, which is mandatory: whoever looks later must learn why."""

    decision = forms.ChoiceField(choices=Decision.choices)
    remark = forms.CharField(
        label=_("remark"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Why this decision, and what it rests on: calls, documents, the bank's word."),
        error_messages={"required": _("Please say why.")},
    )

    def __init__(self, *args: Any, possible: Sequence[Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = [
            Choice(each, _CONSEQUENCES[each], "danger" if each in _ENDS_A_FORMAL_CONTRACT else "primary")
            for each in possible
        ]
