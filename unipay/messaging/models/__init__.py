"""The facts about messages: requests that came in, messages promised to partners, every attempt to deliver one."""

from unipay.messaging.models.inbound import InboundRequest, InboundState
from unipay.messaging.models.line import Line
from unipay.messaging.models.outbound import AttemptOutcome, DeliveryAttempt, MessageState, OutboundMessage
from unipay.messaging.models.replay import ReplayLine, ReplayOutcome, ReplayRun, ReplayState

__all__ = [
    "AttemptOutcome",
    "DeliveryAttempt",
    "InboundRequest",
    "InboundState",
    "Line",
    "MessageState",
    "OutboundMessage",
    "ReplayLine",
    "ReplayOutcome",
    "ReplayRun",
    "ReplayState",
]
