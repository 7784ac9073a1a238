"""Which terms may a contract have? (domain.md A2: the province offers, the bank confirms within the offer.)"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from signing.states import UserType
from unipay.errors import Fault


@dataclass(frozen=True)
class Offer:
    """What the home province allows a number, amounts in fen.

    Prepaid numbers have default and maximum recharge threshold and amount; postpaid ones may or may not have auto-pay.
    """

    user_type: str
    threshold_default_fen: int | None = None
    threshold_max_fen: int | None = None
    amount_default_fen: int | None = None
    amount_max_fen: int | None = None
    auto_pay_allowed: bool = False

    @classmethod
    def of(cls, kept: dict[str, Any] | None) -> "Offer | None":
        """The offer from its stored JSON; keys it does not know are left out."""
        if not kept:
            return None
        return cls(**{name: kept[name] for name in cls.__dataclass_fields__ if name in kept})


@dataclass(frozen=True)
class Terms:
    """What was confirmed, amounts in fen; None where nothing was said."""

    recharge_threshold_fen: int | None = None
    recharge_amount_fen: int | None = None
    auto_pay: bool | None = None


def settled(terms: Terms, offer: Offer | None) -> Terms:
    """The terms with the province's defaults where the bank said nothing."""
    if offer is None:
        return Terms(terms.recharge_threshold_fen, terms.recharge_amount_fen, bool(terms.auto_pay))
    if offer.user_type == UserType.POSTPAID:
        return Terms(terms.recharge_threshold_fen, terms.recharge_amount_fen, bool(terms.auto_pay))
    threshold = terms.recharge_threshold_fen
    amount = terms.recharge_amount_fen
    return Terms(
        offer.threshold_default_fen if threshold is None else threshold,
        offer.amount_default_fen if amount is None else amount,
        bool(terms.auto_pay),
    )


def faults(terms: Terms, offer: Offer | None) -> list[Fault]:
    """Everything in the terms that the offer does not allow; empty when they may stand."""
    if offer is None:
        return _unoffered_faults(terms)
    if offer.user_type == UserType.POSTPAID:
        return _postpaid_faults(terms, offer)
    return _prepaid_faults(terms, offer)


def user_type_of(terms: Terms, offer: Offer | None) -> str:
    """The user type the province named, or the one the terms can only mean, or "" where nobody said."""
    if offer is not None:
        return offer.user_type
    if terms.recharge_threshold_fen is not None or terms.recharge_amount_fen is not None:
        return UserType.PREPAID
    return UserType.POSTPAID if terms.auto_pay else ""


def _unoffered_faults(terms: Terms) -> list[Fault]:
    recharges = terms.recharge_threshold_fen is not None or terms.recharge_amount_fen is not None
    if recharges and terms.auto_pay:
        return [
            Fault("terms.auto_pay", "not_for_prepaid", _("Auto-pay and recharge terms exclude each other."))
        ]
    return []


def _postpaid_faults(terms: Terms, offer: Offer) -> list[Fault]:
    found = [
        Fault(f"terms.{name}", "only_for_prepaid", _("A postpaid number has no recharge terms."))
        for name in ("recharge_threshold_fen", "recharge_amount_fen")
        if getattr(terms, name) is not None
    ]
    if terms.auto_pay and not offer.auto_pay_allowed:
        found.append(Fault("terms.auto_pay", "not_allowed", _("The province does not allow auto-pay.")))
    return found


def _prepaid_faults(terms: Terms, offer: Offer) -> list[Fault]:
    found = []
    if terms.auto_pay:
        found.append(Fault("terms.auto_pay", "not_for_prepaid", _("A prepaid number has no auto-pay.")))
    limits = (
        ("recharge_threshold_fen", offer.threshold_max_fen),
        ("recharge_amount_fen", offer.amount_max_fen),
    )
    for name, most in limits:
        value = getattr(terms, name)
        if value is None:
            found.append(Fault(f"terms.{name}", "required", _("A prepaid number needs it.")))
        elif most is not None and value > most:
            found.append(
                Fault(
                    f"terms.{name}", "above_maximum", _("At most %(most)d fen are allowed.") % {"most": most}
                )
            )
    return found
