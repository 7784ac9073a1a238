"""One row of everything the back office shows, and every address it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from billing.models import (
    ChartLine,
    DebitCap,
    DebitDate,
    DebitRun,
    FailureRule,
    JournalEntry,
    LedgerAccount,
    ReconciledDay,
    SettlementTerms,
    TrialBalance,
)
from reconciliation.models import Guard, TreatmentRule
from signing.models import CaseServiceLevel, Contract
from tests.billing.factories import (
    make_batch,
    make_bill,
    make_debit_run,
    make_exclusion,
    make_item,
    make_mandate,
    make_recharge,
    make_return,
    make_return_line,
)
from tests.factories import make_partner, make_province
from tests.reconciliation.factories import make_discrepancy, make_run
from tests.signing.factories import make_case, make_contract, make_session, make_transaction, the_bank
from tests.unipay.approvals.factories import make_proposal
from tests.unipay.exchange.factories import (
    make_directory,
    make_expectation,
    make_expected,
    make_layout,
    make_received,
    make_sent,
)
from tests.unipay.messaging.factories import make_message, make_request
from unipay.approvals.models import ApprovalRule
from unipay.backoffice.models import AccountEvent, BreakGlass, Disclosure, Posting
from unipay.backoffice.subscriber import seal
from unipay.exchange.models import EnvelopeKey
from unipay.messaging.models import Line, ReplayRun
from unipay.partners.keys import own_key
from unipay.partners.models import (
    LegalBank,
    MaintenanceWindow,
    NumberSegment,
    Partner,
    PortedNumber,
    ResultCode,
)

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)
ZHEJIANG, GUANGDONG = "13805710001", "13902000002"


@dataclass(frozen=True)
class Page:
    """One page of the back office: its name, and its address with the rows of the world in it."""

    name: str
    address: str


def person(username: str, *roles: str) -> User:
    """A member of staff with these roles."""
    user = User.objects.create_user(username, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    assert user.groups.count() == len(roles)
    return user


def member(username: str, *roles: str, province: Partner | None = None) -> Client:
    """The browser of somebody with these roles, posted to the province if one is given."""
    user = person(username, *roles)
    if province:
        Posting.objects.create(user=user, province=province)
    client = Client()
    client.force_login(user)
    return client


def people_of(province: Partner, msisdn: str, maker: User) -> list[Model]:
    """Everything a province has about one of its numbers, as it came out of a clash that waits for a checker."""
    contract = make_contract(msisdn=msisdn, province=province, bank_contract_no=f"B{msisdn}")
    contested = make_contract(
        "CONTESTED", msisdn=msisdn, province=province, bank=the_bank("CCB"), contested_with=contract
    )
    case = make_case(msisdn=msisdn, province=province, standing=contract, contested=contested)
    return [
        contract,
        case,
        make_session(msisdn=msisdn, province=province),
        make_transaction(contract),
        make_proposal(maker, case=case),
        make_message(province, msisdn=msisdn),
        make_request(province, msisdn=msisdn, request_no=f"R-{msisdn}"),
        *books_of(province, msisdn),
        *money_of(province, msisdn, contract),
    ]


def money_of(province: Partner, msisdn: str, contract: Contract) -> list[Model]:
    """A bill of a province's number, a debit that asks for it, one that failed, a recharge and a mandate."""
    run = DebitRun.objects.first() or make_debit_run()
    bill = make_bill(province=province, msisdn=msisdn)
    left_out = make_bill(province=province, msisdn=msisdn)
    recharge = make_recharge("PAID", province=province, msisdn=msisdn)
    return [
        bill,
        make_item(run, bill=bill, province=province, msisdn=msisdn, contract=contract),
        make_exclusion(run, left_out),
        recharge,
        recharge.paid_entry,
        LedgerAccount.objects.filter(partner=province).first(),
        make_mandate(province=province, msisdn=msisdn, way="ONE_CARD"),
    ]


def debits_of_the_centre(maker: User) -> list[Model]:
    """One row of every table of money that is no province's."""
    run = DebitRun.objects.get()
    returned = make_return(run.arrangement.bank, batch=make_batch(run))
    return [
        run,
        run.arrangement,
        DebitDate.objects.create(arrangement=run.arrangement, planned_date=LATER, date=LATER),
        returned,
        make_return_line(returned),
        FailureRule.objects.first(),
        DebitCap.objects.create(msisdn="13805710009", monthly_fen=10_000),
        ChartLine.objects.first(),
        LedgerAccount.objects.first(),
        JournalEntry.objects.first(),
        TrialBalance.objects.create(
            business_date=NOW, taken_at=NOW, debit_fen=0, credit_fen=0, account_count=0
        ),
        SettlementTerms.objects.create(bank=run.arrangement.bank),
        ReconciledDay.objects.create(
            bank=run.arrangement.bank, business_date=NOW, amount_fen=0, confirmed_by=maker, confirmed_at=NOW
        ),
    ]


def books_of(province: Partner, msisdn: str) -> list[Model]:
    """The files exchanged with a province, and a run that compared its book with ours."""
    run = make_run(partner=province)
    counts = {"line_count": 2, "accepted_count": 1, "faulty_count": 1}
    return [
        run,
        make_discrepancy(run, "DIFFERS_THERE", province=province, msisdn=msisdn),
        make_received(
            "CHECKED",
            partner=province,
            kind="province_contract_full",
            name=f"{province.code}.txt",
            digest=msisdn * 5,
            **counts,
        ),
        make_sent(partner=province, name=f"for-{province.code}.txt", route="DIRECTORY"),
        make_expected("MISSING", partner=province, kind="province_contract_full"),
    ]


def settings_of_the_centre(maker: User) -> list[Model]:
    """One row of every other table that is shown."""
    bank = make_partner("ABC", "BANK", base_url="https://abc.example")
    seen = {"username": "somebody", "ip_address": "203.0.113.9", "user_agent": "browser", "attempt_time": NOW}
    half_past = CrontabSchedule.objects.create(minute="30")
    return [
        bank,
        bank.keys.get(),
        own_key("SM2-SM3", NOW),
        LegalBank.objects.create(code="ABC", name="ABC"),
        ResultCode.objects.create(kind="BANK", code="9999", finality="FINAL_FAILURE"),
        NumberSegment.objects.first(),
        PortedNumber.objects.create(msisdn="13500000000", province=Partner.objects.get(code="ZJ")),
        MaintenanceWindow.objects.create(partner=bank, period=(LATER, LATER + timedelta(hours=1))),
        Line.objects.create(partner=bank),
        make_layout(state="DRAFT"),
        make_expectation(partner=bank),
        make_directory(partner=bank),
        EnvelopeKey.objects.create(
            partner=bank, key_id="k7", cipher="SM4-GCM", material="MDEyMzQ1Njc4OWFiY2RlZg==", valid_from=NOW
        ),
        TreatmentRule.objects.create(difference="MISSING_HERE", treatment="CASE", remark="why"),
        Guard.objects.create(partner=bank, remark="why"),
        ReplayRun.objects.create(partner=bank, asked_by=maker, asked_at=NOW, moved_at=NOW),
        half_past,
        IntervalSchedule.objects.create(every=1, period="hours"),
        PeriodicTask.objects.create(name="one", task="unipay.heartbeat", crontab=half_past),
        AccessAttempt.objects.create(**seen, failures_since_start=1),
        AccessLog.objects.create(**seen),
        AccessFailureLog.objects.create(**seen),
        AccountEvent.objects.create(user=maker, kind="SESSIONS_ENDED", by=maker, at=NOW),
        BreakGlass.objects.create(
            break_glass_no="BG1",
            person=maker,
            reason="why",
            started_at=NOW,
            ends_at=NOW + timedelta(minutes=30),
        ),
        Disclosure.objects.create(
            person=maker,
            at=NOW,
            subject_type="signing.contract",
            subject="C1",
            fields=["msisdn"],
            reason="why",
        ),
        ApprovalRule.objects.first(),
        CaseServiceLevel.objects.first(),
        Group.objects.create(name="night shift"),
        maker,
    ]


def make_world() -> dict[type[Model], Model]:
    """Make one row of everything that is shown, Zhejiang's people among it, and return the rows by their model."""
    maker = person("maker", "customer_service")
    rows = [*people_of(make_province("ZJ"), ZHEJIANG, maker), *settings_of_the_centre(maker)]
    rows += debits_of_the_centre(maker)
    return {type(row): row for row in rows}


def table_of(page_name: str) -> str:
    """Return the table a page is about ("signing.contract"), or nothing."""
    labels = [model._meta.label_lower for model in admin.site._registry]
    fitting = [label for label in labels if page_name.startswith(f"{label.replace('.', '_')}_")]
    return max(fitting, key=len, default="")


def pages(world: dict[type[Model], Model]) -> list[Page]:
    """Return every page of the back office, by name, about the rows of the world."""
    rows = {model._meta.label_lower: row for model, row in world.items()}
    names = sorted(set(_names(admin.site.get_urls())))
    found = {name: _address(name, rows) for name in names if table_of(name) in {*rows, ""}}
    missing = [name for name, address in found.items() if address is None]
    assert missing == [], "say in _arguments what their address needs"
    return [Page(name, address) for name, address in found.items() if address]


def _names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def _address(name: str, rows: dict[str, Model]) -> str | None:
    table = table_of(name)
    for arguments in _arguments(rows[table].pk if table else 1):
        try:
            return reverse(f"admin:{name}", kwargs=arguments)
        except NoReverseMatch:
            continue
    return None


def _arguments(pk: Any) -> list[dict[str, Any]]:
    """What addresses are made of, in the order in which it is tried."""
    return [
        {},
        {"object_id": pk},
        {"id": pk},
        {"pk": pk},
        {"pk": pk, "decision": "KEEP_STANDING"},
        {"pk": pk, "verb": "approve"},
        {"pk": pk, "document": 1},
        {"token": seal(ZHEJIANG)},
        {"upload_no": "U-1"},
        {"upload_no": "U-1", "number": 0},
        {"app_label": "signing"},
        {"content_type_id": 1, "object_id": 1},
    ]
