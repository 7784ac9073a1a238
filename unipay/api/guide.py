"""The guide for a partner's developers, in front of the API documentation: Chinese and English."""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, override

from unipay.api import worked_example
from unipay.api.documented_reasons import published_reasons
from unipay.api.outbound import described_calls
from unipay.errors import Reason

TEXTS = Path(__file__).parent / "guide_text"
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Chapter:
    """What an app tells of its own endpoints: a directory with a Markdown template for each of LANGUAGES."""

    texts: Path
    values: Callable[[], Mapping[str, Any]]

    def text(self, language: str) -> str:
        """Return the chapter."""
        return Template((self.texts / f"{language}.md").read_text()).substitute(self.values()).strip()


_CHAPTERS: list[Chapter] = []


def add_chapter(chapter: Chapter) -> None:
    """Have the guide hold a chapter; apps do so in `api/guide.py`."""
    _CHAPTERS.append(chapter)


def guide() -> str:
    """Return the guide as Markdown, in the language of the moment."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    base = settings.UNIPAY_PUBLIC_URL
    text = Template((TEXTS / f"{language}.md").read_text())
    return text.substitute(
        base=base,
        sandbox=f"{settings.UNIPAY_SANDBOX_URL}/sandbox/",
        timestamp=worked_example.TIMESTAMP,
        nonce=worked_example.NONCE,
        body=worked_example.BODY,
        text=_as_code(worked_example.signed_text().replace("\n", "⏎\n")),
        header=worked_example.authorization(),
        shell=_as_code(worked_example.SHELL.replace("BASE", base)),
        shell_check=_as_code(worked_example.SHELL_CHECK.replace("BASE", base)),
        chapters="\n\n".join(chapter.text(language) for chapter in _CHAPTERS),
        errors=_error_table(),
        outbound=_outbound_table(),
    )


def meanings(reason: Reason) -> list[str]:
    """Return what a reason means in each of LANGUAGES."""
    titles = []
    for language in LANGUAGES:
        with override(language):
            titles.append(str(reason.title))
    return titles


def _error_table() -> str:
    rows = [
        f"| `{reason.code}` | {reason.status} | {reason.finality} | {' | '.join(meanings(reason))} |"
        for reason in published_reasons()
    ]
    return "\n".join(["| code | HTTP | finality | 中文 | English |", "|---|---|---|---|---|", *rows])


def _outbound_table() -> str:
    rows = [
        f"| `{call.name}` | `{call.path}` | {call.receivers} | {call.summary} |" for call in described_calls()
    ]
    path, to = gettext("path"), gettext("to")
    return "\n".join([f"| kind | {path} | {to} | |", "|---|---|---|---|", *rows]) if rows else ""


def _as_code(text: str) -> str:
    return textwrap.indent(text.strip("\n"), "    ")
