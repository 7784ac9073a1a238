"""Who opens which page of the back office: every address, tried as every role by GET and by POST.

A new list gets a line in TABLES, any other new page one in PAGES, a new action one in ACTIONS; what has none fails
the test. One letter stands for one role, `-` for nobody, `all` for all staff, with a role or without.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.db.models import Model
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory

from billing.models import Bill, DebitItem, JournalEntry, LedgerAccount, Mandate, Recharge
from reconciliation.models import Discrepancy, Run
from signing.models import Contract, ManualCase, SigningSession, SigningTransaction
from tests.factories import make_province
from tests.unipay.backoffice.world import (
    GUANGDONG,
    ZHEJIANG,
    Page,
    make_world,
    member,
    pages,
    people_of,
    person,
    table_of,
)
from unipay.approvals.models import Proposal
from unipay.backoffice.subscriber import seal
from unipay.exchange.models import ExpectedFile, ReceivedFile, SentFile
from unipay.messaging.models import InboundRequest, OutboundMessage
from unipay.msisdn import mask

ROLES = {
    "C": "customer_service",
    "S": "supervisor",
    "F": "finance",
    "K": "finance_checker",
    "O": "operations",
    "P": "partner_manager",
    "A": "auditor",
    "D": "administrator",
    "G": "break_glass",
}

# see: the list, a row and its history. Whoever may change a row may not add or delete one for that.
TABLES = """
table                                 see       add  change  delete  export
approvals.approvalrule                SKAD      D    D       -       -
approvals.proposal                    CSFKAD    -    -       -       SFKA
auth.group                            AD        -    -       -       -
auth.user                             AD        D    D       -       -
axes.accessattempt                    OAD       -    -       OD      OA
axes.accessfailurelog                 AD        -    -       -       A
axes.accesslog                        AD        -    -       -       A
backoffice.accountevent               AD        -    -       -       A
backoffice.breakglass                 AD        -    -       -       A
backoffice.disclosure                 AD        -    -       -       A
billing.arrangement                   FKOPAD    P    P       -       -
billing.bill                          CSFKOAD   -    -       -       SFKOA
billing.chartline                     FKAD      -    D       -       -
billing.debitcap                      CSFKOPAD  CS   CS      -       -
billing.debitdate                     FKOPAD    -    -       -       FKOPA
billing.debitexclusion                FKOPAD    -    -       -       FKOPA
billing.debititem                     CSFKOPAD  -    -       -       SFKOPA
billing.debitreturn                   FKOPAD    -    -       -       FKOPA
billing.debitrun                      FKOPAD    -    -       -       FKOPA
billing.failurerule                   FKOPAD    PD   PD      -       -
billing.journalentry                  FKAD      -    -       -       FKA
billing.ledgeraccount                 FKAD      -    -       -       FKA
billing.mandate                       CSFKOPAD  -    -       -       SFKOPA
billing.recharge                      CSFKOAD   -    -       -       SFKOA
billing.reconciledday                 FKOPAD    -    -       -       FKOPA
billing.returnline                    FKOPAD    -    -       -       FKOPA
billing.settlementterms               FKOPAD    P    P       -       -
billing.trialbalance                  FKAD      -    -       -       FKA
django_celery_beat.crontabschedule    OAD       -    OD      -       -
django_celery_beat.intervalschedule   OAD       -    OD      -       -
django_celery_beat.periodictask       OAD       -    OD      -       -
exchange.directory                    OPAD      OP   OP      -       -
exchange.envelopekey                  OPAD      P    P       -       -
exchange.expectedfile                 FKOPAD    -    -       -       FKOPA
exchange.fileexpectation              FKOPAD    OP   OP      -       -
exchange.filelayout                   FKOPAD    FP   FP      FP      -
exchange.receivedfile                 FKOPAD    -    -       -       FKOPA
exchange.sentfile                     FKOPAD    -    -       -       FKOPA
messaging.inboundrequest              CSOPAD    -    -       -       SOPA
messaging.line                        OPAD      -    -       -       OPA
messaging.outboundmessage             CSOPAD    -    -       -       SOPA
messaging.replayrun                   CSOPAD    -    -       -       SOPA
partners.legalbank                    FKOPAD    P    P       -       -
partners.maintenancewindow            OPAD      OP   OP      OP      -
partners.numbersegment                OPAD      P    P       P       OPAD
partners.ownkey                       OPAD      -    -       -       OPA
partners.partner                      CSFKOPAD  P    OP      -       -
partners.partnerkey                   OPAD      -    -       -       OPA
partners.portednumber                 OPAD      P    P       P       OPAD
partners.resultcode                   OPAD      OP   OP      P       OPAD
reconciliation.discrepancy            CSFKOAD   -    -       -       SFKOA
reconciliation.guard                  FKOAD     D    D       D       -
reconciliation.run                    CSFKOAD   -    -       -       SFKOA
reconciliation.treatmentrule          FKOAD     D    D       D       -
signing.caseservicelevel              CSKAD     -    SD      -       -
signing.contract                      CSFKOAD   -    -       -       SFKOA
signing.manualcase                    CSFKOAD   -    CSFKOAD -       SFKOA
signing.signingsession                CSFKOAD   -    -       -       SFKOA
signing.signingtransaction            CSFKOAD   -    -       -       SFKOA
"""

PAGES = """
page                                      GET        POST
account                                   all        all
app_list                                  CSFKOAD    CSFKOAD
approvals_proposal_approve_one            SK         SK
approvals_proposal_refuse_one             SK         SK
approvals_proposal_withdraw_one           -          -
auth_user_log_out_everywhere              D          D
auth_user_password_change                 D          D
auth_user_reset_second_factor             D          D
autocomplete                              -          -
backoffice_breakglass_end_now             -          -
backup_codes                              all        all
billing_debitdate_move                    FO         FO
billing_debitdate_restore                 FO         FO
billing_debitdate_skip                    FO         FO
billing_debititem_end                     F          F
billing_debititem_reveal                  CS         CS
billing_debitrun_calendar                 FKOPAD     FKOPAD
billing_debitrun_cancel                   F          F
billing_debitrun_end                      F          F
billing_debitrun_open                     FO         FO
billing_debitrun_resume                   FO         FO
billing_debitrun_send                     F          F
billing_debitrun_stop                     FO         FO
billing_mandate_end                       F          F
billing_mandate_enter                     F          F
billing_mandate_go_and_add                F          F
billing_mandate_resume                    F          F
billing_mandate_reveal                    CS         CS
billing_mandate_suspend                   F          F
billing_recharge_again                    CSFO       CSFO
billing_recharge_give_back                CSF        CSF
billing_recharge_reveal                   CS         CS
billing_reconciledday_confirm             F          F
billing_reconciledday_go_and_confirm      F          F
billing_settlementterms_go_to_report      FKOAD      FKOAD
billing_settlementterms_report            FKOAD      FKOAD
break_glass                               G          G
django_celery_beat_periodictask_run_now   OD         OD
end_break_glass                           -          all
end_sessions                              -          all
enrol                                     all        all
exchange_directory_look_now               OP         OP
exchange_expectedfile_go_to_month         FKOPAD     FKOPAD
exchange_expectedfile_month               FKOPAD     FKOPAD
exchange_expectedfile_waive_one           FO         FO
exchange_filelayout_copy                  FP         FP
exchange_filelayout_go_and_try            FKOPAD     FKOPAD
exchange_filelayout_publish               FP         FP
exchange_filelayout_retire                -          -
exchange_filelayout_try                   FKOPAD     FKOPAD
exchange_receivedfile_accept              F          F
exchange_receivedfile_download            F          F
exchange_receivedfile_faults              FKOPAD     FKOPAD
exchange_receivedfile_go_and_upload       F          F
exchange_receivedfile_refuse              F          F
exchange_receivedfile_upload              F          F
exchange_receivedfile_upload_begin        -          -
exchange_receivedfile_upload_complete     -          -
exchange_receivedfile_upload_piece        -          -
exchange_receivedfile_upload_state        -          -
exchange_sentfile_acknowledged            FO         FO
exchange_sentfile_again                   FO         FO
exchange_sentfile_cancel                  FO         FO
exchange_sentfile_download                FK         FK
exchange_sentfile_refused                 FO         FO
find                                      CSFKOPAD   CSFKOPAD
index                                     all        all
jsi18n                                    all        -
messaging_inboundrequest_reveal           CS         CS
messaging_line_replay_dead                O          O
messaging_outboundmessage_cancel_one      O          O
messaging_outboundmessage_given_up        CSOPAD     CSOPAD
messaging_outboundmessage_reveal          CS         CS
messaging_outboundmessage_send_one_again  O          O
messaging_replayrun_stop                  O          O
partners_numbersegment_import             P          P
partners_numbersegment_process_import     -          P
partners_ownkey_rotate                    OP         OP
partners_partner_add_key                  OP         OP
partners_partner_close_one                OP         OP
partners_partner_reopen_one               -          -
partners_partner_suspend_one              OP         OP
partners_portednumber_import              P          P
partners_portednumber_process_import      -          P
partners_resultcode_import                OP         OP
partners_resultcode_process_import        -          OP
partners_resultcode_try_code              OPAD       OPAD
partners_resultcode_unmapped              OPAD       OPAD
news_read                                 -          all
password_change                           all        all
password_change_done                      all        -
reconciliation_discrepancy_hold_back_one  F          F
reconciliation_discrepancy_ignore_one     F          F
reconciliation_discrepancy_reveal         CS         CS
reconciliation_run_month                  CSFKOAD    CSFKOAD
reconciliation_run_proceed                F          F
reconciliation_run_refuse                 F          F
reconciliation_run_release                O          O
reconciliation_run_reopen                 O          O
search                                    all        all
second_factor                             all        all
signing_contract_reveal                   CS         CS
signing_manualcase_assign                 -          S
signing_manualcase_attachment             -          -
signing_manualcase_books                  -          CS
signing_manualcase_comment                -          CS
signing_manualcase_decide                 CS         CS
signing_manualcase_forget_filter          -          CSFKOAD
signing_manualcase_keep_filter            -          CSFKOAD
signing_manualcase_proposal               -          S
signing_manualcase_return                 -          CS
signing_manualcase_reveal                 CS         CS
signing_manualcase_take                   -          CS
signing_manualcase_withdraw               -          CS
signing_signingsession_reveal             CS         CS
signing_signingtransaction_reveal         CS         CS
subscriber                                CSFKOPAD   CSFKOPAD
subscriber_reveal                         CS         CS
view_on_site                              -          -
"""

ACTIONS = """
action                                    offered to
approvals.approvalrule.delete_selected    D
approvals.proposal.approve                SK
approvals.proposal.refuse                 SK
axes.accessattempt.delete_selected        OD
billing.debititem.end_unanswered          F
django_celery_beat.periodictask.run_chosen  OD
django_celery_beat.periodictask.switch_off  OD
django_celery_beat.periodictask.switch_on   OD
exchange.expectedfile.waive               FO
messaging.outboundmessage.cancel          O
messaging.outboundmessage.send_again      O
partners.maintenancewindow.delete_selected  OP
partners.numbersegment.delete_selected    P
partners.ownkey.retire                    OP
partners.partner.close                    OP
partners.partner.reopen                   OP
partners.partner.suspend                  OP
partners.partnerkey.retire                OP
partners.portednumber.delete_selected     P
partners.resultcode.delete_selected       P
reconciliation.discrepancy.hold_back      F
reconciliation.discrepancy.ignore         F
reconciliation.guard.delete_selected      D
reconciliation.treatmentrule.delete_selected  D
signing.manualcase.assign                 S
signing.manualcase.give_back              CS
signing.manualcase.take                   CS
"""

# One's own session: tried elsewhere.
LEFT_OUT = {"login", "logout"}
WORDS = ("see", "add", "change", "delete", "export")
OPENED = {HTTPStatus.OK, HTTPStatus.FOUND}

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("english")]


def read(table: str) -> dict[str, list[str]]:
    """The lines of a table by their first word, without its heading."""
    lines = [line.split() for line in table.strip().splitlines()[1:]]
    return {name: letters for name, *letters in lines}


def expected_for(page: Page) -> tuple[str, str]:
    """The letters of those who open the page by GET and by POST."""
    table = table_of(page.name)
    word = page.name.removeprefix(f"{table.replace('.', '_')}_")
    if page.name in read(PAGES):
        by_get, by_post = read(PAGES)[page.name]
        return by_get, by_post
    may = dict(zip(WORDS, read(TABLES)[table], strict=True))
    assert word in (*WORDS, "changelist", "history"), f"{page.name} needs a line in PAGES"
    if word == "change":
        return may["see"], may["change"]
    letters = may["see"] if word in ("changelist", "history") else may[word]
    return letters, letters


def opens(client: Client, method: str, address: str) -> bool:
    """Whether the page opens; what it did is undone."""
    with transaction.atomic():
        try:
            answer = getattr(client, method)(address)
        except RuntimeError as error:
            # The page that asks the partners' books came as far as asking, which no transaction may surround.
            return "atomic block" in str(error)
        finally:
            transaction.set_rollback(True)
    return answer.status_code in OPENED and "/admin/login/" not in answer.headers.get("Location", "")


def differing(client: Client, letter: str, wanted: list[Page]) -> Iterator[str]:
    """What differs from the tables, in words."""
    for page in wanted:
        for method, letters in zip(("get", "post"), expected_for(page), strict=True):
            opened = opens(client, method, page.address)
            if opened != (letters == "all" or letter in letters):
                yield f"{method} {page.name} {'opens' if opened else 'does not open'}"


def wanted_pages() -> list[Page]:
    return [page for page in pages(make_world()) if page.name not in LEFT_OUT]


@pytest.fixture
def _nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a page opens is known before it is drawn, and to draw each for every role would take minutes."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")


@pytest.mark.usefixtures("_nothing_drawn")
@pytest.mark.parametrize("letter", ROLES, ids=ROLES.get)
def test_a_role_opens_exactly_what_the_table_says(letter: str) -> None:
    wanted = wanted_pages()

    found = list(differing(member("somebody", ROLES[letter]), letter, wanted))

    assert len(wanted) > 150
    assert found == []


@pytest.mark.usefixtures("_nothing_drawn")
def test_staff_without_a_role_open_only_what_is_for_all_staff() -> None:
    assert list(differing(member("somebody"), "?", wanted_pages())) == []


def actions_of(label: str, user: Any) -> set[str]:
    """The actions of a list that are offered to the person, as "table action"."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return {f"{label}.{name}" for name in admin.site._registry[apps.get_model(label)].get_actions(request)}


def test_an_action_is_offered_to_those_the_table_names() -> None:
    offered: dict[str, str] = {}
    for letter, code in ROLES.items():
        user = person(code.replace("_", "-"), code)
        for name in sorted(set().union(*(actions_of(label, user) for label in read(TABLES)))):
            offered[name] = offered.get(name, "") + letter

    assert offered == {name: letters for name, (letters,) in read(ACTIONS).items()}


def test_an_action_that_is_not_offered_does_nothing() -> None:
    row = make_world()[OutboundMessage]
    client = member("clerk", "customer_service")
    chosen = {"action": "send_again", "_selected_action": [row.pk], "confirmed": "yes"}

    client.post("/admin/messaging/outboundmessage/", chosen)

    assert OutboundMessage.objects.get(pk=row.pk).state == "DEAD"


def test_every_list_has_a_line_in_the_table() -> None:
    assert set(read(TABLES)) == {model._meta.label_lower for model in admin.site._registry}


def fingerprint(but: set[str]) -> dict[str, Any]:
    """The number of rows of every table and a digest of what they say."""
    names = [name for name in connection.introspection.table_names() if name not in but]
    found = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'SELECT count(*), sum(hashtext(row::text)::bigint) FROM "{name}" row')
            found[name] = cursor.fetchone()
    return found


@pytest.mark.usefixtures("_nothing_drawn")
def test_the_auditor_changes_nothing_whatever_is_tried() -> None:
    world = make_world()
    client = member("auditor", "auditor")
    # An own session, an own account and the note of what was read are all an auditor leaves.
    own = {"account", "end_sessions", "enrol", "backup_codes", "password_change", *LEFT_OUT}
    wanted = [page for page in pages(world) if page.name not in own]
    before = fingerprint({"django_session"})

    for page in wanted:
        client.get(page.address)
        client.post(page.address, {"confirmed": "yes", "remark": "why", "post": "yes", "decision": "REPLACE"})
    for model, row in world.items():
        for action in admin.site._registry[model].actions or ():
            name = action if isinstance(action, str) else action.__name__
            chosen = {"action": name, "_selected_action": [row.pk], "confirmed": "yes", "remark": "why"}
            client.post(f"/admin/{model._meta.app_label}/{model._meta.model_name}/", chosen)

    after = fingerprint({"django_session"})
    assert {name for name in before if before[name] != after[name]} == set()
    assert client.get("/admin/signing/contract/").status_code == HTTPStatus.OK


BOUND = (
    Contract,
    ManualCase,
    SigningSession,
    SigningTransaction,
    Proposal,
    OutboundMessage,
    InboundRequest,
    Run,
    Discrepancy,
    ReceivedFile,
    SentFile,
    ExpectedFile,
    Bill,
    Recharge,
    DebitItem,
    Mandate,
    JournalEntry,
    LedgerAccount,
)
OWN, OTHER = "138 **** 0001", "139 **** 0002"


@dataclass
class Country:
    """A clerk of Zhejiang, and what there is of a number of Guangdong."""

    clerk: Client
    rows: dict[type[Model], Model]

    @property
    def names(self) -> list[str]:
        """What nobody outside Guangdong may read: numbers of its rows."""
        contract, case = self.rows[Contract], self.rows[ManualCase]
        return [
            GUANGDONG,
            OTHER,
            mask(GUANGDONG),
            contract.contract_no,
            contract.bank_contract_no,
            case.case_no,
            self.rows[Run].run_no,
            self.rows[ReceivedFile].name,
            self.rows[SentFile].name,
        ]


@pytest.fixture
def country() -> Country:
    maker = person("maker", "customer_service")
    zhejiang, guangdong = make_province("ZJ"), make_province("GD", prefix="1390200")
    people_of(zhejiang, ZHEJIANG, maker)
    rows = {type(row): row for row in people_of(guangdong, GUANGDONG, maker)}
    return Country(member("zhejiang", "supervisor", "finance", province=zhejiang), rows)


def address_of(model: type[Model]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


@pytest.mark.parametrize("model", BOUND, ids=lambda model: model._meta.model_name)
def test_lists_and_files_of_a_posted_clerk_hold_the_own_province_only(
    country: Country, model: type[Model]
) -> None:
    listed = country.clerk.get(address_of(model))
    file = country.clerk.post(f"{address_of(model)}export/", {"format": "csv", "content": "masked"})

    assert len(listed.context["cl"].result_list) >= 1
    assert country.rows[model] not in listed.context["cl"].result_list
    for text in (listed.content.decode(), file.content.decode()):
        assert [name for name in country.names if name in text] == []
    assert len(file.content.decode().splitlines()) == 1 + len(listed.context["cl"].result_list)


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_shows_a_posted_clerk_a_row_of_another_province(country: Country, method: str) -> None:
    wanted = [
        page
        for page in pages(country.rows)
        if table_of(page.name) and f"/{country.rows[apps.get_model(table_of(page.name))].pk}/" in page.address
    ]
    wanted.append(Page("subscriber", f"/admin/subscriber/{seal(GUANGDONG)}/"))
    wanted.append(Page("subscriber_reveal", f"/admin/subscriber/{seal(GUANGDONG)}/reveal/"))
    before = fingerprint({"django_session"})

    answers = {page.name: getattr(country.clerk, method)(page.address) for page in wanted}

    assert len(wanted) > 30
    assert {name for name, answer in answers.items() if answer.status_code == HTTPStatus.OK} == set()
    told = " ".join(answer.content.decode() for answer in answers.values())
    assert [name for name in country.names if name in told] == []
    assert fingerprint({"django_session"}) == before


def test_no_search_finds_a_posted_clerk_anything_of_another_province(country: Country) -> None:
    rows = country.rows
    terms = [
        *country.names,
        rows[SigningSession].session_no,
        f"R-{GUANGDONG}",
        str(rows[OutboundMessage].event_id),
    ]

    for term in terms:
        for model in BOUND:
            assert not country.clerk.get(address_of(model), {"q": term}).context["cl"].result_list
        found = country.clerk.post("/admin/find/", {"term": term})
        assert found.status_code == HTTPStatus.OK
        assert not [
            row for row in rows.values() if f"{address_of(type(row))}{row.pk}/" in found.content.decode()
        ]


def test_a_posted_clerk_finds_the_own_province(country: Country) -> None:
    found = country.clerk.post("/admin/find/", {"term": ZHEJIANG})
    page = country.clerk.get(found.headers["Location"])

    assert page.status_code == HTTPStatus.OK
    assert OWN in page.content.decode()


def test_no_action_of_a_posted_clerk_reaches_another_province(country: Country) -> None:
    before = fingerprint({"django_session"})

    for model, row in country.rows.items():
        for action in admin.site._registry[model].actions or ():
            name = action if isinstance(action, str) else action.__name__
            chosen = {"action": name, "_selected_action": [row.pk], "confirmed": "yes", "remark": "why"}
            country.clerk.post(address_of(model), chosen)

    assert fingerprint({"django_session"}) == before
