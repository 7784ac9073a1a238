"""`manage.py load_reference`: provinces, number segments and the usual result codes."""

from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandParser

from unipay.partners import reference


class Command(BaseCommand):
    """Loads the reference tables; harmless when repeated."""

    help = "Load the provinces, the number segments and the usual result codes; rows already there are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let the operator choose the shipped rows over edited ones."""
        parser.add_argument(
            "--overwrite", action="store_true", help="put rows that differ back to what is shipped"
        )

    def handle(self, *args: Any, overwrite: bool, **options: Any) -> None:
        """Load the three tables and say what happened to each."""
        with pghistory.context(command="load_reference"):
            self._report("provinces", reference.load_provinces(overwrite=overwrite))
            self._report("number segments", reference.load_segments(overwrite=overwrite))
            self._report("result codes", reference.load_result_codes(overwrite=overwrite))

    def _report(self, table: str, loaded: reference.Loaded) -> None:
        done = "overwritten" if loaded.is_overwritten else "kept though different"
        self.stdout.write(f"{table}: {loaded.added} added, {loaded.differing} {done}")
