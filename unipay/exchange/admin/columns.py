"""The columns of a layout as people fill them in: only the fields the kind has, and codes as lines "01 = SIGNED"."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.forms.models import BaseInlineFormSet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from unipay.errors import Text
from unipay.exchange.admin.fields import fields_of, words_of
from unipay.exchange.flows import layout_versions
from unipay.exchange.kinds import FieldType, FileField
from unipay.exchange.models import Align, AmountUnit, FileLayout, LayoutColumn, Section

_OPTIONS = ("unit", "date_format", "list_separator", "code_map")
_SIGN = "="


class WritingWidget(forms.MultiWidget):
    """How a value is written: of the four, the page shows what the chosen field needs."""

    def __init__(self) -> None:
        super().__init__(
            {
                "unit": UnfoldAdminSelectWidget(choices=AmountUnit.choices),
                "date_format": UnfoldAdminTextInputWidget({"placeholder": "%Y%m%d", "list": "date-formats"}),
                "list_separator": UnfoldAdminTextInputWidget({"placeholder": ","}),
                "code_map": UnfoldAdminTextareaWidget({"rows": 3, "placeholder": "01 = SIGNED"}),
            }
        )

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add what each part is called."""
        context = super().get_context(name, value, attrs)
        for option, part in zip(_OPTIONS, context["widget"]["subwidgets"], strict=True):
            part["attrs"]["aria-label"] = _title_of(option)
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the parts, each below what it is called."""
        drawn = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        parts = [
            (
                option,
                _title_of(option),
                cast("Any", widget)._render(part["template_name"], {"widget": part}, renderer),
            )
            for option, widget, part in zip(_OPTIONS, self.widgets, drawn, strict=True)
        ]
        return render_to_string("exchange/admin/writing.html", {"parts": parts})

    def decompress(self, value: Any) -> list[Any]:
        """Return the four parts of a column."""
        if not isinstance(value, Mapping):
            return [AmountUnit.FEN, "", ",", ""]
        return [value[option] for option in _OPTIONS]


class WritingField(forms.Field):
    """The four parts as one field of the form."""

    widget = WritingWidget

    def clean(self, value: Any) -> dict[str, Any]:
        """Return them by name; the codes still as they were typed."""
        unit, date_format, separator, codes = value or WritingWidget().decompress(None)
        if unit not in AmountUnit.values:
            raise forms.ValidationError(_("Amounts are in fen or in yuan."))
        return {
            "unit": unit,
            "date_format": (date_format or "").strip(),
            "list_separator": separator or ",",
            "code_map": codes or "",
        }

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare part by part, as texts come back."""
        was = WritingWidget().decompress(initial)
        return [str(each or "").split() for each in was] != [str(each or "").split() for each in data or was]


class ColumnForm(forms.ModelForm):  # type: ignore[type-arg]
    """One column of the section its inline is about."""

    section: Section
    field = forms.ChoiceField(
        label=gettext_lazy("field"), required=False, widget=UnfoldAdminSelectWidget({"data-column": "field"})
    )
    writing = WritingField(label=gettext_lazy("how it is written"), required=False)

    class Meta:
        model = LayoutColumn
        fields = ("position", "field", "constant", "width", "align", "pad")
        widgets = {
            "position": forms.HiddenInput,
            "constant": UnfoldAdminTextInputWidget,
            "width": UnfoldAdminIntegerFieldWidget,
            "align": UnfoldAdminSelectWidget(choices=Align.choices),
            "pad": UnfoldAdminTextInputWidget({"maxlength": 1}),
        }

    def __init__(self, *args: Any, layout: FileLayout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {each.name: each for each in fields_of(layout.kind, self.section)}
        choice: Any = self.fields["field"]
        choice.choices = [("", _("— skipped, or a constant —")), *map(_choice, self.known.values())]
        choice.widget.attrs["data-types"] = " ".join(
            f"{name}:{each.type}" for name, each in self.known.items()
        )
        if "position" in self.fields:
            self.fields["position"].required = False
        if "pad" in self.fields:
            self.fields["pad"].strip = False  # type: ignore[attr-defined]
        column = self.instance
        words = words_of(self.known.get(self.initial.get("field") or ""))
        if words:
            _show_words(self.fields["writing"].widget, words)
        self.initial["writing"] = {
            **{option: getattr(column, option) for option in _OPTIONS},
            "code_map": "\n".join(f"{code} {_SIGN} {word}" for code, word in column.code_map.items()),
        }

    def clean_position(self) -> int:
        """Where it stands among the others, which is all that counts."""
        return self.cleaned_data["position"] or 0

    def clean(self) -> dict[str, Any]:
        """Take over how it is written, the codes read into what we call them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        written = cleaned.get("writing")
        if written is None:
            return cleaned
        field = self.known.get(cleaned.get("field", ""))
        codes: dict[str, str] = {}
        try:
            codes = read_codes(written["code_map"], field)
        except ValueError as error:
            self.add_error("writing", str(error))
        for option in _OPTIONS:
            setattr(self.instance, option, codes if option == "code_map" else written[option])
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Columns change places and fields: who has which is looked at together, by the set of forms."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"position", "field", "section"}


class ColumnFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The columns of one section of a draft, written anew as a whole when one of them changed."""

    section: Section

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Let each form know the layout."""
        return {**super().get_form_kwargs(index), "layout": self.instance}

    def clean(self) -> None:
        """No field stands in two columns."""
        super().clean()
        seen: set[str] = set()
        for form in self._kept():
            name = form.cleaned_data.get("field") or ""
            if name and name in seen:
                form.add_error("field", _("Another column has this field."))
            seen.add(name)

    def save(self, commit: bool = True) -> list[Any]:
        """Write the section anew: columns that change places would be in each other's way."""
        super().save(commit=False)
        if not self.has_changed():
            return []
        others = list(self.instance.columns.exclude(section=self.section))
        own = [form.instance for form in sorted(self._kept(), key=_place)]
        for column in own:
            column.section = self.section
        layout_versions.replace_columns(self.instance, [*others, *own])
        return own

    def save_m2m(self) -> None:
        """Nothing hangs on a column."""

    def _kept(self) -> Iterator[Any]:
        for form in self.forms:
            given = getattr(form, "cleaned_data", None)
            is_new_and_blank = form.instance.pk is None and not form.has_changed()
            if given is not None and not given.get("DELETE") and not is_new_and_blank:
                yield form


def read_codes(text: str, field: FileField | None) -> dict[str, str]:
    """Read lines "01 = SIGNED" into {"01": "SIGNED"}; raises ValueError with a sentence on the line that is wrong."""
    words = {typed.casefold(): word for word, title in words_of(field) for typed in (word, str(title))}
    codes: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        code, sign, word = (part.strip() for part in line.rpartition(_SIGN))
        if not sign or not code or not word:
            raise ValueError(_("Write each code as “01 = SIGNED”, one a line: %(line)s") % {"line": line})
        if word.casefold() not in words:
            known = ", ".join(f"{each} ({title})" for each, title in words_of(field))
            raise ValueError(
                _("%(word)s is not a word of this field. It knows: %(known)s.")
                % {"word": word, "known": known or "—"}
            )
        if code in codes:
            raise ValueError(_("The code %(code)s stands there twice.") % {"code": code})
        codes[code] = words[word.casefold()]
    return codes


def _choice(field: FileField) -> tuple[str, str]:
    mark = " *" if field.required else ""
    return field.name, f"{capfirst(str(field.title))}{mark}"


def _place(form: Any) -> int:
    place: int = form.cleaned_data.get("position") or 0
    # What was added last stands last until somebody drags it elsewhere.
    return place if form.instance.pk or place else 32_767


def _show_words(writing: Any, words: Sequence[tuple[str, Text]]) -> None:
    """Where the codes are typed, show which words of ours there are."""
    lines = [f"{number:02} {_SIGN} {title}" for number, (_word, title) in enumerate(words, start=1)]
    attrs = writing.widgets[_OPTIONS.index("code_map")].attrs
    attrs.update(placeholder="\n".join(lines), rows=max(3, len(lines)))


def _title_of(option: str) -> str:
    field: Any = LayoutColumn._meta.get_field(option)
    return capfirst(str(field.verbose_name))


def writing_of(column: LayoutColumn, field: FileField | None) -> str:
    """Say how the column's values are written, in one line; "" where there is nothing to say."""
    if field is None:
        return ""
    if field.type == FieldType.FEN:
        return str(AmountUnit(column.unit).label)
    if field.type in (FieldType.DATE, FieldType.DATETIME):
        return column.date_format
    if field.type == FieldType.MSISDNS:
        return column.list_separator
    titles = dict(words_of(field))
    return "; ".join(f"{code} {_SIGN} {titles.get(word, word)}" for code, word in column.code_map.items())
