"""The forms of a layout: a new draft, its particulars, a copy, and the sample it is tried on."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from unipay import clock
from unipay.exchange.admin.choices import all_kind_choices, partners_for
from unipay.exchange.flows import layout_versions
from unipay.exchange.models import FileLayout, Shape
from unipay.partners.models import Partner

_CODE = RegexValidator(r"\A[A-Za-z0-9_-]{1,64}\Z", _("1 to 64 of A-Z a-z 0-9 _ -"))


class LayoutForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft and what is in it."""

    class Meta:
        model = FileLayout
        fields = (
            "title",
            "effective_from",
            "remark",
            "encoding",
            "shape",
            "delimiter",
            "quote",
            "has_header",
            "has_trailer",
            "header_mark",
            "detail_mark",
            "trailer_mark",
            "on_fault",
            "max_rows",
            "file_name_pattern",
            "line_ending",
            "compression",
            "cipher",
        )

    def clean(self) -> dict[str, Any]:
        """A delimiter is needed where there are no widths, and only there."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("shape") == Shape.DELIMITED and not cleaned.get("delimiter"):
            self.add_error("delimiter", _("Say what stands between two columns."))
        return cleaned


class NewLayoutForm(LayoutForm):
    """What must be known before there are columns; the rest has a sane default."""

    kind = forms.ChoiceField(
        label=_("kind of file"), choices=all_kind_choices, widget=UnfoldAdminSelectWidget
    )
    code = forms.CharField(
        label=_("code"),
        required=False,
        validators=[_CODE],
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: made of the partner and the kind of file."),
    )

    class Meta:
        model = FileLayout
        fields = (
            "title",
            "kind",
            "partner",
            "code",
            "effective_from",
            "encoding",
            "shape",
            "delimiter",
            "has_header",
            "has_trailer",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("effective_from", clock.business_date(clock.now()))

    def clean(self) -> dict[str, Any]:
        """Name the draft, and make it the code's next version."""
        cleaned = super().clean()
        if cleaned.get("kind"):
            code = cleaned.get("code") or layout_versions.code_for(cleaned.get("partner"), cleaned["kind"])
            cleaned["code"] = code
            self.instance.version = layout_versions.next_version(code)
        return cleaned


class CopyForm(forms.Form):
    """Whose layout the copy is, and from when on."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        label=_("partner"),
        required=False,
        empty_label=_("every partner that has none of its own"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("The same partner: the next version. Another one: the first version of its own layout."),
    )
    effective_from = forms.DateField(
        label=_("in force from"), widget=UnfoldAdminSingleDateWidget, initial=lambda: _tomorrow()
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["partner"]
        choice.queryset = partners_for(user)


class SampleForm(forms.Form):
    """A file to try the layout on; it is read and forgotten."""

    sample = forms.FileField(
        label=_("sample"),
        help_text=_("A file as the partner sends it, or its first lines; 2 MB at most. It is not kept."),
    )


def _tomorrow() -> Any:
    return clock.business_date(clock.now()) + timedelta(days=1)
