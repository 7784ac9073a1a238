"""Work that a command does in a thread of its own, while people see how far it is."""

import threading
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

from django.db import connection
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

_LOOK_SECONDS = 0.5


def watched(work: Callable[[], None], progress_of: Callable[[], Mapping[str, Any]], console: Console) -> None:
    """Do the work, showing its progress (`description`, `total`, `completed`); raises what the work raised."""
    failures: list[BaseException] = []

    def do() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    worker = threading.Thread(target=do)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as shown:
        task = shown.add_task("", total=None)
        worker.start()
        while worker.is_alive():
            worker.join(_LOOK_SECONDS)
            shown.update(task, **progress_of())
    if failures:
        raise failures[0]


def drawn(table: Table) -> str:
    """Return the table as text."""
    paper = StringIO()
    Console(file=paper, highlight=False, width=120).print(table)
    return paper.getvalue()
