"""Closing, suspending and reopening a partner: a closed bank refuses new signings, not terminations."""

from collections.abc import Callable

from django.db import transaction
from django_fsm import TransitionNotAllowed

from unipay.errors import Refusal
from unipay.partners import errors
from unipay.partners.keys import forget_keys_on_commit
from unipay.partners.models import Partner


def close(partner: Partner) -> Partner:
    """Take no new business with the partner."""
    return _move(partner, Partner.close)


def suspend(partner: Partner) -> Partner:
    """Deal with the partner no more: nothing is accepted from it."""
    return _move(partner, Partner.suspend)


def reopen(partner: Partner) -> Partner:
    """Deal with the partner again."""
    return _move(partner, Partner.reopen)


def _move(partner: Partner, transition: Callable[[Partner], None]) -> Partner:
    """Make the transition on the locked row; other processes follow within keys.REMEMBERED_SECONDS."""
    with transaction.atomic():
        current = Partner.objects.select_for_update().get(pk=partner.pk)
        try:
            transition(current)
        except TransitionNotAllowed as error:
            raise Refusal(errors.STATUS_NOT_POSSIBLE, str(current.get_status_display())) from error
        current.save(update_fields=["status"])
        forget_keys_on_commit()
    return current
