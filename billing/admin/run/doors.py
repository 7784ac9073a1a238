"""What a person may do with a run now, each with the reason why not where it is not possible."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from billing.admin.debit.ending import button_of_run
from billing.admin.sheet import Button
from billing.flows import debit_proposal
from billing.models import DebitRun
from billing.states import RUN_OVER, RunState
from unipay.backoffice.admin.deeds import address_of
from unipay.errors import Text


def buttons(run: DebitRun, person: Any, *, has_proposal: bool) -> tuple[Button, ...]:
    """Return the buttons of the run's page."""
    return tuple(_buttons(run, person, _("A proposal about it waits already.") if has_proposal else ""))


def _buttons(run: DebitRun, person: Any, waits: Text) -> Iterator[Button]:
    if run.state in RUN_OVER:
        return
    may_propose = person.has_perm("billing.propose_debitrun")
    if may_propose and run.state in debit_proposal.MAY_BE_SENT:
        yield Button(_("Propose to send …"), address_of(run, "send"), is_main=True, why_not=waits)
    if person.has_perm("billing.open_debitrun"):
        if run.is_stopped:
            yield Button(_("Resume …"), address_of(run, "resume"), is_main=True)
        else:
            yield Button(_("Stop …"), address_of(run, "stop"))
    yield from button_of_run(run, person, waits=waits)
    if person.has_perm("billing.propose_debitrun"):
        yield Button(
            _("Cancel the run …"),
            address_of(run, "cancel"),
            is_dangerous=True,
            why_not=waits or _too_late(run),
        )


def _too_late(run: DebitRun) -> Text:
    return _("The request files are out.") if run.state == RunState.SENT and _is_delivered(run) else ""


def _is_delivered(run: DebitRun) -> bool:
    return run.batches.filter(sent_file__state__in=["DELIVERED", "ACKNOWLEDGED"]).exists()
