"""The town's embedded PostgreSQL: read as an auditor would, killed as a machine would."""

import fcntl
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from unipay.embedded import SUPERUSER

PATIENCE_SECONDS = 60
_LEASES = (
    (
        "SELECT id FROM messaging_inboundrequest WHERE state = 'IN_PROGRESS'",
        "UPDATE messaging_inboundrequest SET leased_until = now() WHERE id = %s AND state = 'IN_PROGRESS'",
    ),
    (
        "SELECT partner_id FROM messaging_line",
        "UPDATE messaging_line SET held_until = NULL, rests_until = NULL WHERE partner_id = %s",
    ),
    (
        "SELECT id FROM messaging_outboundmessage WHERE state = 'PENDING' AND next_attempt_at > now() ORDER BY id",
        "UPDATE messaging_outboundmessage SET next_attempt_at = now() WHERE id = %s AND state = 'PENDING'",
    ),
)


class Database:
    """One server on one directory; it is started by the programs that use it, never by a test."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says, as soon as it says something: it may be down at the moment."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._ask(sql, values)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                assert time.monotonic() < deadline, "the database did not come back"
                time.sleep(0.1)

    def one(self, sql: str, *values: Any) -> Any:
        """The one figure of the one row."""
        ((figure,),) = self.rows(sql, *values)
        return figure

    def let_leases_run_out(self) -> None:
        """Move on as if more time had passed than any lease, rest or wait on the ladder lasts.

        Row by row, so that nobody who works meanwhile meets a deadlock that time itself would not cause.
        """
        for question, order in _LEASES:
            for (key,) in self.rows(question):
                self.rows(order, key)

    def kill_postmaster(self) -> None:
        """kill -9 the server's first process; the others leave when they notice."""
        if postmaster := self._postmaster():
            postmaster.kill()

    def kill_backend(self) -> None:
        """kill -9 a process that serves somebody; the server then drops all connections and recovers."""
        with suppress(psutil.Error):
            serving = [each for each in self._all() if " [local] " in " ".join(each.cmdline())]
            if serving:
                random.choice(serving).kill()

    def kill(self) -> None:
        """kill -9 every process of the server."""
        for each in self._all():
            with suppress(psutil.Error):
                each.kill()

    @contextmanager
    def held_down(self) -> Iterator[None]:
        """Kill the server and let nobody start it inside the block."""
        with self.directory.with_name(f"{self.directory.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.kill()
            yield

    @property
    def is_gone(self) -> bool:
        return not self._all()

    def _all(self) -> list[psutil.Process]:
        postmaster = self._postmaster()
        return [postmaster, *postmaster.children()] if postmaster else []

    def _postmaster(self) -> psutil.Process | None:
        for process in psutil.process_iter(["name", "cmdline"]):
            if process.info["name"] == "postgres" and str(self.directory) in (process.info["cmdline"] or []):
                return process
        return None

    def _ask(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(host=str(self.directory), user=SUPERUSER, dbname="postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()
