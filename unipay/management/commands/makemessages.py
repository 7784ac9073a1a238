"""`manage.py makemessages`: collects the texts to translate, the published docstrings among them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.commands import makemessages

from unipay.api.docstrings import published_docstrings


class Command(makemessages.Command):
    """Django's command, and what no marker in the code can tell it: the docstrings partners read."""

    docstrings: Path

    def build_potfiles(self) -> list[str]:
        """Collect the texts while the docstrings stand in a file like others."""
        with TemporaryDirectory() as directory:
            self.docstrings = Path(directory) / "docstrings.py"
            self.docstrings.write_text("".join(f"gettext({text!r})\n" for text in published_docstrings()))
            potfiles: list[str] = super().build_potfiles()
            return potfiles

    def find_files(self, root: str) -> list[Any]:
        """Return the files to look through."""
        where, name = str(self.docstrings.parent), self.docstrings.name
        files: list[Any] = super().find_files(root)
        return [*files, self.translatable_file_class(where, name, self.default_locale_path)]
