"""One part of a run, in a process of its own: `python -m tests.benchmarks.part NAME OUTCOME [ARGUMENT ...]`."""

import importlib
import json
import sys
from pathlib import Path

import django


def perform(name: str, outcome: Path, arguments: list[str]) -> None:
    """Run the part's `measure` with Django set up, and leave what it found in the file."""
    django.setup()
    findings = importlib.import_module(f"tests.benchmarks.{name}").measure(*arguments)
    outcome.write_text(json.dumps([finding.as_json() for finding in findings]))


if __name__ == "__main__":
    perform(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
