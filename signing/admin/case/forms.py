"""What people write on the page of a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from signing.admin.case.page import people_who_decide
from signing.admin.case.words import person_name
from signing.attachment import MOST_BYTES, TOO_LARGE


class RemarkForm(forms.Form):
    """Why: whoever looks later must learn it."""

    remark = forms.CharField(
        label=_("remark"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
        help_text=_("Why this decision, and what it rests on: calls, documents, the bank's word."),
        error_messages={"required": _("Please say why.")},
    )


class CommentForm(forms.Form):
    """What somebody notes, with a document or without."""

    text = forms.CharField(label=_("comment"), max_length=4000, required=False)
    document = forms.FileField(label=_("document"), required=False)

    def clean_document(self) -> Any:
        """Judge the size before anything of it is read."""
        document = self.cleaned_data["document"]
        if document and document.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return document


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by name."""

    def label_from_instance(self, person: Any) -> str:
        """Return the name."""
        return person_name(person)


class AssigneeForm(forms.Form):
    """Who is to look after the cases."""

    person = PersonChoice(
        label=_("owner"),
        queryset=None,
        widget=UnfoldAdminSelectWidget,
        error_messages={"required": _("Please choose somebody.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["person"]
        chosen.queryset = people_who_decide()
