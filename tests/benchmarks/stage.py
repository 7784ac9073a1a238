"""Where a run takes place: a database and a directory of its own, and the environment its programs start with, which is
a production's (DEBUG off) on this machine."""

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from tests.benchmarks.report import Finding
from unipay import embedded
from unipay.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "bench_unipay"


class NoStage(Exception):
    """The run cannot take place; the message is one sentence for whoever started it."""


@dataclass(frozen=True)
class Stage:
    """The database's URL, the directory that goes away with the run, and the environment of its programs."""

    database_url: str
    directory: Path
    environment: dict[str, str]
    postgresql: str

    def perform(self, part: str, *arguments: str, **changed: str) -> list[Finding]:
        """Run one part in a process of its own and return what it found; its log goes to the directory."""
        outcome = self.directory / "findings.json"
        outcome.unlink(missing_ok=True)
        log = self.directory / f"{part}.log"
        with log.open("a") as lines:
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.part", part, str(outcome), *arguments],
                cwd=ROOT,
                env={**self.environment, **changed},
                stderr=lines,
                check=False,
            )
        if done.returncode:
            raise NoStage(f"The part {part} failed:\n{log.read_text()[-3000:]}")
        return [Finding(**each) for each in json.loads(outcome.read_text())]


@contextmanager
def set_up() -> Iterator[Stage]:
    """Make database and directory, and clear both away in the end."""
    server_url = _server_url()
    postgresql = _create_database(server_url)
    try:
        with tempfile.TemporaryDirectory(prefix="unipay-bench-") as name:
            directory = Path(name)
            url = as_application(urlunsplit(urlsplit(server_url)._replace(path=f"/{DATABASE}")), "bench")
            yield Stage(url, directory, _environment(url, directory), postgresql)
    finally:
        with _connected(server_url) as cursor:
            cursor.execute(_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)"))


def as_application(url: str, name: str) -> str:
    """Return the URL under which the server knows the program by that name."""
    parts = urlsplit(url)
    options = [each for each in parts.query.split("&") if each and not each.startswith("application_name=")]
    return urlunsplit(parts._replace(query="&".join([*options, f"application_name={name}"])))


def _server_url() -> str:
    environment = Environment()
    environment.read_env(ROOT / ".env")
    given = environment.text("DATABASE_URL")
    if given:
        return given
    data = Path(environment.text("UNIPAY_DATA_DIR", default=str(ROOT / "var"))).resolve()
    data.mkdir(parents=True, exist_ok=True)
    try:
        return embedded.database_url(data / "postgres")
    except embedded.EmbeddedDatabaseError as error:
        raise NoStage(str(error)) from error


def _create_database(server_url: str) -> str:
    """Make the database, replacing what a killed run left; return the server's version."""
    try:
        with _connected(server_url) as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [DATABASE])
            if cursor.fetchone()[0]:
                raise NoStage(f"Somebody works in the database {DATABASE}: another run?")
            cursor.execute(_statement("DROP DATABASE IF EXISTS {}"))
            cursor.execute(_statement("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"))
            cursor.execute("SHOW server_version")
            return str(cursor.fetchone()[0]).split()[0]
    except psycopg2.Error as error:
        raise NoStage(f"The database {DATABASE} cannot be made: {error}") from error


def _statement(text: str) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(DATABASE))


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def _environment(url: str, directory: Path) -> dict[str, str]:
    """A production's settings; the broker of the caller is left out until a part asks for it."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("CELERY_BROKER_URL", "CACHE_URL")
    }
    figures = directory / "metrics"
    figures.mkdir()
    return {
        **kept,
        "DATABASE_URL": url,
        "DEBUG": "0",
        "UNIPAY_SANDBOX": "0",
        "UNIPAY_DATA_DIR": str(directory),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "UNIPAY_ENCRYPTION_KEYS": f"bench:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "UNIPAY_BLIND_INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "UNIPAY_PUBLIC_URL": "https://unipay.example",
        "DJANGO_SETTINGS_MODULE": "unipay.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
        "LOG_LEVEL": "INFO",
        # The part that opens the back office has no telephone to type a code from.
        "UNIPAY_REQUIRE_TWO_FACTOR": "0",
        "PYTHONWARNINGS": "ignore",
        # .env must not set what was left out.
        "CELERY_BROKER_URL": "",
        "CACHE_URL": "",
    }
