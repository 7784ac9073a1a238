"""What we send to partners, as the documentation tells it: the apps describe their calls in `api/outbound.py`.

describe(OutboundCall(
    name="contract_changed", path="/contract-changes", to=(PartnerKind.PROVINCE,),
    summary=_("A contract was signed, amended or ended."), content=ContractChanged, answer=None,
))
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import Serializer

from unipay.errors import Text
from unipay.partners.kinds import PartnerKind


@dataclass(frozen=True)
class OutboundCall:
    """One call of ours; `answer` is None for a notification, which any 2xx acknowledges.

    `content` and `answer` are serializers of the bodies, `example` and `answer_example` bodies as they are sent.
    """

    name: str
    path: str
    to: Sequence[str]
    summary: Text
    content: type[Serializer[Any]]
    answer: type[Serializer[Any]] | None = None
    example: dict[str, Any] | None = None
    answer_example: dict[str, Any] | None = None

    @property
    def receivers(self) -> str:
        """The kinds of partners it goes to, in the language of the moment."""
        return ", ".join(str(PartnerKind(kind).label) for kind in self.to)


_CALLS: dict[str, OutboundCall] = {}


def describe(call: OutboundCall) -> OutboundCall:
    """Have a call documented; a name described twice is a programming error (ValueError)."""
    if call.name in _CALLS:
        raise ValueError(f"The call {call.name} is already described.")
    _CALLS[call.name] = call
    return call


def described_calls() -> tuple[OutboundCall, ...]:
    """Return every call described so far."""
    return tuple(_CALLS.values())
