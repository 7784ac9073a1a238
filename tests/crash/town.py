"""A whole Unipay on one machine with partners of its own: the Procfile's programs, an embedded PostgreSQL and a broker,
each of which can be killed at any moment and started again."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import httpx
from django.conf import settings
from honcho.environ import parse_procfile

from tests.crash.broker import Broker
from tests.crash.database import Database
from tests.crash.desk import Desk
from tests.crash.programs import Program, free_port, wait_until

_PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("sync_schedule", verbosity=0)
call_command("load_demo", verbosity=0)
"""
# Not PGOPTIONS, either: here databases are killed, and what they committed has to outlive them.
_NOT_OURS = ("CACHE_URL", "DEBUG", "DJANGO_SETTINGS_MODULE", "PGOPTIONS", "PROMETHEUS_MULTIPROC_DIR")


class Town:
    """One installation in one directory; `broker_url` is empty where a directory serves as broker."""

    def __init__(self, directory: Path, *, broker_url: str) -> None:
        self.directory = directory
        self.queue = f"unipay-crash-{os.getpid()}"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.sandbox_url = f"http://127.0.0.1:{free_port()}"
        self.database = Database(directory / "postgres")
        self.broker = Broker(broker_url, directory=directory / "celery", queue=self.queue)
        self.web, self.worker, self.beat, self.sandbox = self.programs = self._programs()
        self._numbers = count(1)

    def prepare(self) -> None:
        """Make the database, the demo's partners and their keys, unless they are there."""
        done = subprocess.run(
            [sys.executable, "-c", _PREPARE],
            cwd=settings.BASE_DIR,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def recover(self) -> None:
        """Start whatever is not running, as a supervisor does, until everything serves."""
        wait_until(self._serves, "everything serves")

    def wait_until_ready(self) -> None:
        """Wait until every part works, beat and worker included."""
        wait_until(lambda: self.readiness() == 200, "the town is ready")

    def readiness(self) -> int:
        """The status of /readyz; 0 when nobody answers."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=10).status_code
        except httpx.HTTPError:
            return 0

    def desk(self, partner: str) -> Desk:
        """The desk of one of the partners the sandbox plays."""
        return Desk(partner, url=self.url, database=self.database)

    def fresh_number(self, prefix: str = "1380571") -> str:
        """A mobile number nobody has used; the sandbox takes it for an ordinary one."""
        return f"{prefix}{next(self._numbers):04d}"

    def wait_until_delivered(self) -> None:
        """Wait until the outbox is empty."""
        wait_until(lambda: not self.pending, "every message is delivered")

    @property
    def pending(self) -> int:
        """How many messages are still to be delivered."""
        return int(
            self.database.one("SELECT count(*) FROM messaging_outboundmessage WHERE state = 'PENDING'")
        )

    def kill(self) -> None:
        """The machine loses power: kill -9 everything at the same moment."""
        for program in self.programs:
            program.kill()
        self.database.kill()

    def close(self) -> None:
        """Stop everything; the database follows its last user."""
        for program in self.programs:
            program.stop()
        self.broker.close()
        wait_until(lambda: self.database.is_gone, "the database stopped with its last user")

    def _serves(self) -> bool:
        for program in self.programs:
            program.start()
        return _answers(f"{self.url}/healthz") and _answers(f"{self.sandbox_url}/healthz")

    def _programs(self) -> tuple[Program, Program, Program, Program]:
        commands = parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes
        environment = self._environment()
        web, worker, beat, sandbox = (
            Program(name, commands[name], environment=environment, log=self.directory / f"{name}.log")
            for name in ("web", "worker", "beat", "sandbox")
        )
        return web, worker, beat, sandbox

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        return {
            **inherited,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "DJANGO_SETTINGS_MODULE": "unipay.settings",
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "INFO",
            "DATABASE_URL": "",
            "CELERY_BROKER_URL": self.broker.url,
            "UNIPAY_QUEUE": self.queue,
            "UNIPAY_DATA_DIR": str(self.directory),
            "UNIPAY_SANDBOX": "1",
            "UNIPAY_PORT": self.url.rpartition(":")[2],
            "UNIPAY_SANDBOX_PORT": self.sandbox_url.rpartition(":")[2],
            "UNIPAY_PUBLIC_URL": self.url,
            "UNIPAY_SANDBOX_URL": self.sandbox_url,
        }


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
