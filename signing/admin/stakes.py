"""Signings under way with a partner, told before it is closed or suspended."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from signing.models import Contract
from signing.states import ContractState
from unipay.errors import Text
from unipay.partners import stakes
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

_MOST = 1000


@stakes.register
def signings_under_way(partner: Partner) -> Iterator[Text]:
    """How many provisional contracts wait for the bank's result, or were allowed by the province."""
    sides = {PartnerKind.BANK: {"bank": partner}, PartnerKind.PROVINCE: {"province": partner}}
    side = sides.get(PartnerKind(partner.kind))
    if side is None:
        return
    count = Contract.objects.filter(state=ContractState.PROVISIONAL, **side)[:_MOST].count()
    if count == _MOST:
        yield _("More than a thousand provisional contracts wait for their result.")
    elif count:
        yield _("%(count)d provisional contracts wait for their result.") % {"count": count}
