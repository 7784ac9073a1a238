"""Where each of billing's messages goes, and which flow hears what became of it; found by messaging at start."""

from billing import messages
from billing.flows import landing, refund, take_back
from unipay.messaging.kinds import MessageKind, register
from unipay.partners.gateways import money

_SEQUELS = (
    (messages.LAND_RECHARGES, money.LAND_RECHARGES_PATH, landing),
    (messages.TAKE_BACK_RECHARGE, money.TAKE_BACK_RECHARGE_PATH, take_back),
    (messages.REFUND_RECHARGE, money.REFUND_RECHARGE_PATH, refund),
)

for _name, _path, _flow in _SEQUELS:
    register(MessageKind(_name, operation=_name, path=_path, on_settled=_flow.settled, on_dead=_flow.died))
