"""Who waits for a result code to get a meaning: woken, by the apps that know it, as soon as somebody gives it one.

Each app above registers a function in its `admin` package; nothing here knows of them."""

from collections.abc import Callable

from unipay.partners.models import ResultCode

Wake = Callable[[ResultCode], object]

_registered: list[Wake] = []


def register(wake: Wake) -> Wake:
    """Let the function hear of every row that is saved, inside the transaction that saves it."""
    _registered.append(wake)
    return wake


def tell(row: ResultCode) -> None:
    """Tell everybody that the code of this row has a meaning now, or another one."""
    for wake in _registered:
        wake(row)
