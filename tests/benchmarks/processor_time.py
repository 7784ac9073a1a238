"""How long a process has been on a processor: what a request really costs, whoever else is using the machine."""

from contextlib import suppress
from pathlib import Path

import psutil
from django.db import connection

_NANOSECONDS = 1e-9


def processor_seconds(process_id: int) -> float:
    """The time of its threads so far, to the nanosecond where Linux tells it; 0.0 for a process that is not here."""
    with suppress(OSError, ValueError):
        threads = Path(f"/proc/{process_id}/task").iterdir()
        return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) * _NANOSECONDS
    with suppress(psutil.Error):
        times = psutil.Process(process_id).cpu_times()
        return float(times.user + times.system)
    return 0.0


def database_seconds(application: str) -> float:
    """The time of PostgreSQL's backends that serve the application; 0.0 when they are on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [application])
        return sum(processor_seconds(pid) for (pid,) in cursor.fetchall())
