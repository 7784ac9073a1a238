"""Where each of signing's messages goes, and which flow hears what became of it; found by messaging at start."""

from signing import messages
from signing.flows import announcement
from unipay.messaging.kinds import MessageKind, register
from unipay.partners.gateways import bank, hall, province

_PATHS = {
    messages.CONTRACT_CHANGED: province.CONTRACT_CHANGED_PATH,
    messages.CONTRACT_CONFIRMED: bank.CONTRACT_CONFIRMED_PATH,
    messages.CONTRACT_CANCELLED: bank.CONTRACT_CANCELLED_PATH,
    messages.SIGNING_OUTCOME: hall.SIGNING_OUTCOME_PATH,
}

for _name, _path in _PATHS.items():
    register(
        MessageKind(
            _name,
            operation=_name,
            path=_path,
            on_settled=announcement.settled,
            on_dead=announcement.died,
        )
    )
