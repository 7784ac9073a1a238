"""What happens when money hangs between bank and province: people get a case about the recharge, and the case goes
when it comes right by itself (domain.md C11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from billing.models import Recharge
from billing.states import RechargeState
from signing.flows import manual_case
from signing.flows.manual_case import Evidence, Matter
from signing.states import CaseReason
from unipay.partners.models import Partner


def open_case(recharge: Recharge, *, told_by: Partner, facts: dict[str, Any], now: datetime) -> None:
    """Open the case about a recharge, or add what was told to the one that is open."""
    manual_case.open_case(
        cause=f"{CaseReason.RECHARGE_STUCK}:{recharge.subject}",
        reason=CaseReason.RECHARGE_STUCK,
        about=Matter(recharge.subject, recharge.msisdn, recharge.province_id),
        evidence=[Evidence(facts=_facts(recharge) | facts, partner=told_by)],
        now=now,
    )


def withdraw_cases(recharge_nos: Sequence[str], *, only: RechargeState | None = None, now: datetime) -> None:
    """Withdraw the cases about these recharges (in that state, if given), as far as they have any: all came right."""
    troubled = Recharge.objects.filter(recharge_no__in=recharge_nos).exclude(landing_error="")
    if only is not None:
        troubled = troubled.filter(state=only)
    for recharge_no in troubled.order_by("id").values_list("recharge_no", flat=True):
        withdraw_case(recharge_no, now=now)


def withdraw_case(recharge_no: str, *, now: datetime) -> None:
    """Withdraw the case about one recharge, if there is one: it came right."""
    # Kept as words: whoever reads the case reads the language of the house.
    with translation.override(settings.LANGUAGE_CODE):
        remark = _("The recharge came right by itself.")
    manual_case.withdraw_about(f"recharge:{recharge_no}", remark=remark, now=now)


def _facts(recharge: Recharge) -> dict[str, Any]:
    return {
        "recharge_no": recharge.recharge_no,
        "amount_fen": recharge.amount_fen,
        "business_date": recharge.business_date.isoformat(),
        "refund_by": recharge.refund_by.isoformat() if recharge.refund_by else None,
        "state": recharge.state,
    }
