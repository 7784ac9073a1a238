"""What depends on a partner, told by the apps that know it, before somebody closes it.

Each app above registers a function in its `admin` package; nothing here knows of them."""

from collections.abc import Callable, Iterable

from unipay.errors import Text
from unipay.partners.models import Partner

Stakes = Callable[[Partner], Iterable[Text]]

_registered: list[Stakes] = []


def register(stakes: Stakes) -> Stakes:
    """Let the function say, sentence by sentence, what is under way with a partner. Usable as a decorator."""
    _registered.append(stakes)
    return stakes


def of(partner: Partner) -> tuple[Text, ...]:
    """Return everything that is under way with the partner, in words."""
    return tuple(sentence for stakes in _registered for sentence in stakes(partner))
