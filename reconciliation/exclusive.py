"""One worker per run of reconciliation."""

from contextlib import AbstractContextManager

from unipay import exclusive

_NAMESPACE = 41  # keeps these advisory locks apart from those of other subjects


def exclusively(run_id: int) -> AbstractContextManager[bool]:
    """Hold the run while the block runs, across transactions; yields False where another worker holds it."""
    return exclusive.exclusively(_NAMESPACE, run_id)
