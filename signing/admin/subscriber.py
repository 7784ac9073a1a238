"""What signing adds to the page of a mobile number: contracts and their life, cases, signing sessions."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from signing.admin.contract import SEALED, STATE_COLOURS
from signing.admin.session import STATE_COLOURS as SESSION_COLOURS
from signing.admin.subscriber_timeline import life_of
from signing.models import Contract, HeldNumber, ManualCase, SigningSession
from signing.states import STANDING, UNDECIDED
from unipay.backoffice.admin import yuan
from unipay.backoffice.admin.narrowing import within_provinces
from unipay.backoffice.subscriber import Cell, Fact, Part, Section, Subscriber, register

MOST_CONTRACTS = 20
MOST_ROWS = 8
CASE_COLOURS = {
    "OPEN": "warning",
    "PROPOSED": "primary",
    "DECIDED": "info",
    "CLOSED": "success",
    "WITHDRAWN": "",
}


def contracts_of(subscriber: Subscriber) -> list[Contract]:
    """Return the latest contracts of the number, and first the one that holds it as a secondary number."""
    plain = _seen_by(subscriber, Contract.objects.select_related("bank", "province").defer(*SEALED))
    own = list(plain.filter(msisdn=subscriber.msisdn).order_by("-id")[:MOST_CONTRACTS])
    held = HeldNumber.objects.filter(msisdn=subscriber.msisdn, is_primary=False)
    return [*plain.filter(pk__in=held.values("contract_id")), *own]


def cases_of(subscriber: Subscriber) -> list[ManualCase]:
    """Return the latest cases of the number."""
    cases = ManualCase.objects.filter(msisdn=subscriber.msisdn).select_related("owner", "decided_by")
    return list(_seen_by(subscriber, cases).order_by("-id")[:MOST_ROWS])


def _seen_by(subscriber: Subscriber, rows: QuerySet[Any]) -> QuerySet[Any]:
    """A number that was ported away left rows behind, which stay with the province they are of."""
    return within_provinces(rows, subscriber.user, "province")


def contracts(subscriber: Subscriber) -> Part:
    """Return the contracts as a table, and at a glance the one that stands."""
    found = subscriber.once(contracts_of)
    standing = next((each for each in found if each.state in STANDING), None)
    return Part(
        rows=[_contract_row(each, subscriber) for each in found],
        more=subscriber.list_of(Contract),
        facts=[Fact(_("standing contract"), _standing(standing, subscriber))],
    )


def cases(subscriber: Subscriber) -> Part:
    """Return the cases as a table, and at a glance how many wait for people."""
    found = subscriber.once(cases_of)
    waiting = _seen_by(
        subscriber, ManualCase.objects.filter(msisdn=subscriber.msisdn, state__in=UNDECIDED)
    ).count()
    count = Cell(str(waiting), colour="warning") if waiting else Cell(_("none"))
    return Part(
        rows=[_case_row(case) for case in found],
        more=subscriber.list_of(ManualCase),
        facts=[Fact(_("open cases"), count)],
    )


def sessions(subscriber: Subscriber) -> Part:
    """Return the signing sessions as a table."""
    found = SigningSession.objects.filter(msisdn=subscriber.msisdn).select_related("hall", "bank")
    rows = [_session_row(each) for each in _seen_by(subscriber, found).order_by("-id")[:MOST_ROWS]]
    return Part(rows=rows, more=subscriber.list_of(SigningSession))


def timeline(subscriber: Subscriber) -> Part:
    """Return the life of the number: what happened to its contracts, and when people had to decide."""
    may_see_cases = subscriber.user.has_perm("signing.view_manualcase")
    found = subscriber.once(cases_of) if may_see_cases else []
    return Part(rows=life_of(subscriber.once(contracts_of), found))


def _standing(contract: Contract | None, subscriber: Subscriber) -> Cell:
    if contract is None:
        return Cell(_("none"))
    role = "" if contract.msisdn == subscriber.msisdn else f" · {_('as a secondary number')}"
    state = contract.get_state_display()
    return Cell(state, f"{contract.bank.title}{role}", STATE_COLOURS[contract.state], _page(contract))


def _contract_row(contract: Contract, subscriber: Subscriber) -> list[Cell]:
    role = _("primary number") if contract.msisdn == subscriber.msisdn else _("as a secondary number")
    return [
        Cell(contract.contract_no, role, address=_page(contract)),
        Cell(contract.get_state_display(), _ended(contract), STATE_COLOURS[contract.state]),
        Cell(contract.bank.title, contract.bank_contract_no),
        Cell(contract.account_mask, contract.holder_mask),
        Cell(_terms(contract), contract.get_user_type_display()),
        Cell(_day(contract.signed_at or contract.opened_at), contract.get_channel_display()),
    ]


def _case_row(case: ManualCase) -> list[Cell]:
    decided = f"{case.get_decision_display()} · {case.decided_by or '—'}" if case.decision else ""
    return [
        Cell(case.case_no, _moment(case.opened_at), address=_page(case)),
        Cell(case.get_state_display(), colour=CASE_COLOURS.get(case.state, "")),
        Cell(case.get_reason_display()),
        Cell(str(case.owner or "—")),
        Cell(decided or "—"),
    ]


def _session_row(session: SigningSession) -> list[Cell]:
    return [
        Cell(
            session.session_no,
            f"{_moment(session.opened_at)} – {_time(session.ended_at)}",
            address=_page(session),
        ),
        Cell(session.get_state_display(), session.failure_code, SESSION_COLOURS[session.state]),
        Cell(session.hall.title),
        Cell(session.bank.title if session.bank else "—"),
    ]


def _terms(contract: Contract) -> str:
    if contract.recharge_amount_fen is None:
        return str(_("auto-pay") if contract.auto_pay else _("no auto-pay"))
    values = {
        "threshold": yuan(contract.recharge_threshold_fen),
        "amount": yuan(contract.recharge_amount_fen),
    }
    return _("%(amount)s when the balance falls below %(threshold)s") % values


def _ended(contract: Contract) -> str:
    return f"{contract.get_end_reason_display()}, {_day(contract.ended_at)}" if contract.ended_at else ""


def _page(row: Contract | ManualCase | SigningSession) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.pk,))


def _moment(moment: object) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else "—"  # type: ignore[arg-type]


def _time(moment: object) -> str:
    return f"{localtime(moment):%H:%M}" if moment else ""  # type: ignore[arg-type]


def _day(moment: object) -> str:
    return f"{localtime(moment):%Y-%m-%d}" if moment else "—"  # type: ignore[arg-type]


register(
    Section(
        "contracts",
        gettext_lazy("contracts"),
        10,
        "signing.view_contract",
        contracts,
        gettext_lazy("No contract was ever signed for this number."),
        icon="contract",
        place="top",
        headers=(
            gettext_lazy("contract number"),
            gettext_lazy("state"),
            gettext_lazy("bank"),
            gettext_lazy("account"),
            gettext_lazy("terms"),
            pgettext_lazy("time", "signed"),
        ),
    )
)
register(
    Section(
        "cases",
        gettext_lazy("manual cases"),
        20,
        "signing.view_manualcase",
        cases,
        gettext_lazy("Nobody ever had to decide anything about this number."),
        icon="gavel",
        headers=(
            gettext_lazy("case number"),
            gettext_lazy("state"),
            gettext_lazy("reason"),
            gettext_lazy("owner"),
            gettext_lazy("decision"),
        ),
    )
)
register(
    Section(
        "sessions",
        gettext_lazy("signing sessions"),
        30,
        "signing.view_signingsession",
        sessions,
        gettext_lazy("The online hall never sent this number to sign."),
        icon="tab_move",
        headers=(
            gettext_lazy("session number"),
            gettext_lazy("state"),
            gettext_lazy("hall"),
            gettext_lazy("bank"),
        ),
    )
)
register(
    Section(
        "timeline",
        gettext_lazy("Life of the contracts"),
        10,
        "signing.view_contract",
        timeline,
        gettext_lazy("Nothing has happened yet."),
        icon="timeline",
        template="backoffice/subscriber_timeline.html",
        place="aside",
    )
)
