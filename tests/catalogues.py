"""Reads the texts to translate out of code, templates and catalogues, without gettext's tools."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
Key = tuple[str, str]  # context and text

CONTEXT_FIRST = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
MARKERS = CONTEXT_FIRST | {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"
}  # fmt: skip
MARKER = re.compile(r"\b(" + "|".join(sorted(MARKERS, key=len, reverse=True)) + r")\(")
LITERAL = re.compile(r"""\s*,?\s*[uU]?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.DOTALL)
FIELD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[0\])?) (".*")')


@dataclass
class Entry:
    """One text of a catalogue and its translation."""

    context: str = ""
    text: str = ""
    plural: str = ""
    translation: str = ""
    is_fuzzy: bool = False

    @property
    def key(self) -> Key:
        """What the text is looked up by."""
        return self.context, self.text


def texts_of(path: Path) -> Iterator[Key]:
    """Return what a module or template marks as a text to translate."""
    source = path.read_text(encoding="utf-8", errors="replace")
    return _marked_in_python(source) if path.suffix == ".py" else _marked_in_template(source)


def _marked_in_python(source: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        literals = [each.value for each in node.args if isinstance(each, ast.Constant)]
        if name in MARKERS and literals and all(isinstance(each, str) for each in literals[:1]):
            yield _key(name, literals)


def _marked_in_template(source: str) -> Iterator[Key]:
    code = templatize(source)
    for call in MARKER.finditer(code):
        literals, position = [], call.end()
        while literal := LITERAL.match(code, position):
            literals.append(ast.literal_eval(literal[1]))
            position = literal.end()
        if literals:
            yield _key(call[1], literals)


def _key(marker: str, literals: list[str]) -> Key:
    return (literals[0], literals[1]) if marker in CONTEXT_FIRST else ("", literals[0])


def entries_of(catalogue: Path) -> list[Entry]:
    """Return the entries of a .po file but its header; obsolete ones are not read."""
    entries = [_entry(block) for block in re.split(r"\n\s*\n", catalogue.read_text(encoding="utf-8"))]
    return [entry for entry in entries if entry.text]


def _entry(block: str) -> Entry:
    values: dict[str, str] = {}
    field = ""
    for line in block.splitlines():
        if start := FIELD.match(line):
            field, literal = start.groups()
            values[field] = ast.literal_eval(literal)
        elif line.startswith('"'):
            values[field] += ast.literal_eval(line)
    return Entry(
        context=values.get("msgctxt", ""),
        text=values.get("msgid", ""),
        plural=values.get("msgid_plural", ""),
        translation=values.get("msgstr", "") or values.get("msgstr[0]", ""),
        is_fuzzy=bool(re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE)),
    )
