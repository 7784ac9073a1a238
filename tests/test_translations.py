"""Chinese is complete, and says nothing else than the committed catalogues say."""

import ast
import gettext
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axes
import django
import django_celery_beat
import import_export
import pytest
import unfold
from django.core.management import call_command
from django.test import Client

from tests.catalogues import ROOT, Entry, Key, entries_of, texts_of
from unipay.api.docstrings import published_docstrings

OURS = ROOT / "unipay/locale/zh_Hans/LC_MESSAGES/django.po"
FOR_LIBRARIES = ROOT / "unipay/backoffice/locale/zh_Hans/LC_MESSAGES/django.po"
FOR_SCRIPTS = ROOT / "unipay/backoffice/locale/zh_Hans/LC_MESSAGES/djangojs.po"
CATALOGUES = [OURS, FOR_LIBRARIES, FOR_SCRIPTS]
LIBRARIES = [Path(package.__file__).parent for package in (unfold, axes, django_celery_beat, import_export)]
DJANGO = Path(django.__file__).parent

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LANGUAGE_NAME = "中文"
# Inventions and examples are Chinese by nature; a bank's name is told from its neighbours' by what follows 中国. Data
# that migrations ship, with an English title beside it, is people's to edit.
MAY_SPEAK_CHINESE = {
    "billing/migrations/0002_draw_up_the_chart_of_accounts.py",
    "reconciliation/trial/people.py",
    "signing/api/examples.py",
    "signing/templatetags/subscriber.py",
    "templates/signing/agreement_text/zh-hans.html",
    "unipay/partners/migrations/0007_know_the_result_codes_of_money.py",
    "unipay/partners/migrations/0008_let_a_busy_bank_be_asked_again.py",
    "unipay/sandbox/bank_mandates.py",
    "unipay/sandbox/demo_logins.py",
    "unipay/sandbox/money_scenarios.py",
    "unipay/sandbox/people.py",
    "unipay/sandbox/province.py",
    "unipay/sandbox/province_money.py",
    "unipay/sandbox/roster.py",
    "unipay/sandbox/scenarios.py",
}


def source_files(*suffixes: str) -> list[Path]:
    folders = [ROOT / name for name in ("signing", "billing", "reconciliation", "unipay", "templates")]
    return [path for folder in folders for path in folder.rglob("*.*") if path.suffix in suffixes]


def marked_texts() -> set[Key]:
    files = source_files(".py", ".html", ".txt")
    return {key for path in files for key in texts_of(path)} | {("", text) for text in published_docstrings()}


def test_every_text_is_translated() -> None:
    translated = {entry.key for entry in entries_of(OURS) if entry.translation}

    assert sorted(marked_texts() - translated) == [], "run `make messages` and translate these"


def test_the_catalogue_keeps_no_text_that_nobody_says() -> None:
    said = marked_texts()

    assert [entry.key for entry in entries_of(OURS) if entry.key not in said] == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: f"{path.parts[-5]}/{path.name}")
def test_no_translation_is_missing_or_a_guess(catalogue: Path) -> None:
    entries = entries_of(catalogue)

    assert entries
    assert [entry.text for entry in entries if entry.is_fuzzy or not entry.translation] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext's tools are not installed")
def test_make_messages_collects_the_same_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.chdir(ROOT)
    settings.LOCALE_PATHS = [tmp_path]

    call_command("makemessages", locale=["zh_Hans"], ignore_patterns=["var", "tests", "locale"], verbosity=0)

    collected = entries_of(tmp_path / "zh_Hans/LC_MESSAGES/django.po")
    assert {entry.key for entry in collected} == {entry.key for entry in entries_of(OURS)}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: f"{path.parts[-5]}/{path.name}")
def test_the_compiled_catalogue_says_what_the_readable_one_says(catalogue: Path) -> None:
    entries = entries_of(catalogue)

    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    differing = [entry.text for entry in entries if said_by(compiled, entry) != entry.translation]
    assert differing == [], "run `make messages`"
    assert len(compiled._catalog) == len(entries) + 1, "run `make messages`"


def said_by(compiled: gettext.GNUTranslations, entry: Entry) -> str:
    if entry.context:
        return compiled.pgettext(entry.context, entry.text)
    return compiled.ngettext(entry.text, entry.plural, 2) if entry.plural else compiled.gettext(entry.text)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: f"{path.parts[-5]}/{path.name}")
def test_a_translation_keeps_every_placeholder(catalogue: Path) -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

    changed = [
        entry.text
        for entry in entries_of(catalogue)
        if "基础地址" not in entry.translation
        and set(placeholder.findall(entry.text)) != set(placeholder.findall(entry.translation))
    ]

    assert changed == []


def test_what_is_translated_for_libraries_is_still_said_by_them() -> None:
    files = [
        path
        for library in LIBRARIES
        for path in library.rglob("*.*")
        if path.suffix in (".py", ".html") and "migrations" not in path.parts
    ]
    said = {key for path in files for key in texts_of(path)}

    assert [entry.text for entry in entries_of(FOR_LIBRARIES) if entry.key not in said] == []


def test_what_is_translated_for_scripts_is_still_said_by_them() -> None:
    scripts = (DJANGO / "contrib/admin/static/admin/js").glob("*.js")
    said = "\n".join(script.read_text() for script in scripts)

    assert [entry.text for entry in entries_of(FOR_SCRIPTS) if f"gettext('{entry.text}')" not in said] == []


def test_no_text_of_ours_changes_the_words_of_a_library() -> None:
    theirs = [*DJANGO.glob("con*/**/zh_Hans/LC_MESSAGES/django.po")]
    theirs += [path for library in LIBRARIES for path in library.glob("locale/zh_Hans/*/django.po")]
    words = {e.key: e.translation for path in theirs for e in entries_of(path) if not e.is_fuzzy}

    changed = {
        entry.text: (words[entry.key], entry.translation)
        for entry in entries_of(OURS)
        if entry.key in words and words[entry.key] not in ("", entry.translation)
    }

    assert len(words) > 500
    assert changed == {}, "give our text a context"


def test_chinese_stands_in_the_catalogues_only() -> None:
    said = [
        f"{path.relative_to(ROOT)}: {text.strip()}"
        for path in source_files(".py", ".html", ".js", ".css")
        for text in spoken_in(path)
        if CHINESE.search(text.replace(LANGUAGE_NAME, ""))
    ]

    assert [line for line in said if line.partition(":")[0] not in MAY_SPEAK_CHINESE] == []


def spoken_in(path: Path) -> Iterator[str]:
    """What a file can show: the strings of a module but its docstrings, every line of another file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from source.splitlines()
        return
    tree = ast.parse(source)
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, owners) and node.body]
    docstrings = {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_a_chinese_reader_of_the_documentation_finds_no_english_sentence() -> None:
    described = Client().get("/api/schema/?lang=zh-hans").json()
    del described["info"]  # the guide, which lists every error in both languages

    assert [text for text in described_texts(described) if re.search("[A-Za-z]{2} [a-z]{2}", text)] == []


def described_texts(described: Any) -> Iterator[str]:
    if isinstance(described, list):
        for inner in described:
            yield from described_texts(inner)
    elif isinstance(described, dict):
        for name, inner in described.items():
            is_text = name in ("summary", "description") and isinstance(inner, str)
            yield from [inner] if is_text else described_texts(inner)
