"""One town for all crash tests; where CELERY_BROKER_URL is given they all run on that broker too."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.town import Town

BROKERS = ["directory", pytest.param("CELERY_BROKER_URL", marks=pytest.mark.broker)]


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """The directory of the town's data and logs."""
    # Root lends the database an account that cannot enter pytest's own directories.
    directory = Path(f"/tmp/unipay-crash-{os.getpid()}")
    directory.mkdir()
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="session", params=BROKERS)
def running_town(request: pytest.FixtureRequest, ground: Path) -> Iterator[Town]:
    """The town with every program running."""
    broker_url = ""
    if request.param != "directory":
        broker_url = os.environ.get(request.param, "")
        if not broker_url:
            pytest.skip(f"{request.param} is not set")
    town = Town(ground, broker_url=broker_url)
    town.prepare()
    town.recover()
    yield town
    town.close()


@pytest.fixture
def town(request: pytest.FixtureRequest, running_town: Town) -> Iterator[Town]:
    """The town, everything running and nothing left to do."""
    running_town.recover()
    running_town.wait_until_ready()
    running_town.wait_until_delivered()
    begins = {program.name: program.log.stat().st_size for program in running_town.programs}
    yield running_town
    if getattr(request.node, "failed", False):
        for program in running_town.programs:
            words = program.log.read_bytes()[begins[program.name] :].decode(errors="replace")
            request.node.add_report_section("teardown", f"log of {program.name}", words[-8000:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    """Remember a failure until the town is left, which then shows its logs."""
    report = yield
    item.failed = getattr(item, "failed", False) or report.failed  # type: ignore[attr-defined]
    return report
