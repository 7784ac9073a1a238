"""The roles of the back office and what each may do: a table, from which a migration makes the groups.

A right is written "app.codename", as `user.has_perm` asks for it. The group of a role is named by the role's code;
people read its title. Whoever adds a right to the table lets a migration call `grants.grant` for it.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.errors import Text

ADMINISTRATOR = "administrator"
BREAK_GLASS = "break_glass"

# Rights over people. They are given only by somebody who has them, and never by somebody who broke the glass.
OVER_PEOPLE = frozenset(
    {
        "auth.add_user",
        "auth.change_user",
        "auth.delete_user",
        "auth.add_group",
        "auth.change_group",
        "auth.delete_group",
        "backoffice.assign_roles",
        "backoffice.break_glass",
    }
)


@dataclass(frozen=True)
class Role:
    """One role: its code, its title in the reader's language, what it is for, and its rights."""

    code: str
    title: Text
    purpose: Text
    rights: frozenset[str]


def _rights(app: str, verbs: str, tables: str) -> frozenset[str]:
    return frozenset(f"{app}.{verb}_{table}" for verb in verbs.split() for table in tables.split())


_PARTNER_TABLES = (
    "partner partnerkey ownkey resultcode legalbank numbersegment portednumber maintenancewindow "
    "partnerpermission endpoint"
)
_CALENDAR_TABLES = "periodictask crontabschedule intervalschedule"
_LAYOUT_TABLES = "filelayout layoutcolumn"

_SEE_SIGNING = _rights("signing", "view", "contract signingsession signingtransaction manualcase")
_SEE_CASES = _rights("signing", "view", "casecomment caseattachment caseservicelevel")
_SEE_MESSAGES = _rights("messaging", "view", "inboundrequest outboundmessage deliveryattempt")
_SEE_PARTNERS = _rights("partners", "view", _PARTNER_TABLES)
_SEE_PROPOSALS = frozenset({"approvals.view_proposal"})
_SEE_FILES = _rights(
    "exchange", "view", f"{_LAYOUT_TABLES} receivedfile filefault sentfile fileexpectation expectedfile"
)
_SEE_FILE_LINES = _rights("exchange", "view", "directory envelopekey")
_SEE_RUNS = _rights("reconciliation", "view", "run discrepancy")
_SEE_RUN_RULES = _rights("reconciliation", "view", "treatmentrule guard")
_LEDGER_TABLES = "chartline ledgeraccount journalentry ledgerline accountday trialbalance"
_BILL_TABLES = "bill billsettlement recharge"
_DEBIT_TABLES = (
    "arrangement debitdate failurerule debitcap mandate debitrun debitbatch debititem debitshare debitexclusion "
    "debitreturn returnline"
)
_SEE_BILLS = _rights("billing", "view", _BILL_TABLES)
_SEE_DEBITS = _rights("billing", "view", f"{_DEBIT_TABLES} settlementterms reconciledday")
_SEE_LEDGER = _rights("billing", "view", _LEDGER_TABLES)
_SEE_MONEY = _SEE_BILLS | _SEE_DEBITS | _SEE_LEDGER
_SEE_PEOPLE = (
    _rights("auth", "view", "user group")
    | _rights("axes", "view", "accessattempt accesslog accessfailurelog")
    | _rights("backoffice", "view", "posting disclosure breakglass accountevent")
)
_SEE_ALL = (
    _SEE_SIGNING
    | _SEE_CASES
    | _SEE_MESSAGES
    | _SEE_PARTNERS
    | _SEE_PROPOSALS
    | _SEE_PEOPLE
    | _SEE_FILES
    | _SEE_FILE_LINES
    | _SEE_RUNS
    | _SEE_RUN_RULES
    | _SEE_MONEY
    | _rights("approvals", "view", "approvalrule")
    | _rights("messaging", "view", "line replayrun")
    | _rights("django_celery_beat", "view", _CALENDAR_TABLES)
)
_EXPORT = frozenset({"backoffice.export_lists"})
_REVEAL = frozenset({"backoffice.reveal_personal_data"})
_CHECK = frozenset({"approvals.check_proposal"})

_CUSTOMER_SERVICE = (
    _SEE_SIGNING
    | _SEE_CASES
    | _SEE_MESSAGES
    | _SEE_PROPOSALS
    | _REVEAL
    | _SEE_RUNS
    | _SEE_BILLS
    | _rights("billing", "view", "mandate debititem debitshare")
    | _rights("billing", "view add change", "debitcap")
    | {"billing.land_recharge", "billing.refund_recharge"}
    | {"signing.decide_manualcase", "partners.view_partner"}
)
_FINANCE = (
    _SEE_SIGNING
    | _SEE_PROPOSALS
    | _EXPORT
    | _SEE_FILES
    | _SEE_RUNS
    | _SEE_RUN_RULES
    | _SEE_MONEY
    | {"partners.view_partner", "partners.view_legalbank"}
)
_LAYOUTS = _rights("exchange", "add change delete", _LAYOUT_TABLES) | {"exchange.publish_filelayout"}
# What may be done with a file is its change right; its form changes nothing.
_FILES = _rights("exchange", "upload change download", "receivedfile") | _rights(
    "exchange", "change download", "sentfile"
)
_EXPECTATIONS = _rights("exchange", "add change", "fileexpectation")
_WAIVE = frozenset({"exchange.change_expectedfile"})
_DIRECTORIES = _rights("exchange", "add change", "directory")
_DEBIT_WORK = frozenset({"billing.open_debitrun", "billing.change_debitdate", "billing.land_recharge"})
_KEYS = _rights("partners", "change", "partner partnerkey ownkey")
_WINDOWS = _rights("partners", "add change delete", "maintenancewindow")

ROLES = (
    Role(
        "customer_service",
        _("Customer service"),
        _("Decides manual cases and helps subscribers."),
        _CUSTOMER_SERVICE,
    ),
    Role(
        "supervisor",
        _("Customer service supervisor"),
        _("Approves what customer service proposes, hands out cases, and watches their time."),
        _CUSTOMER_SERVICE
        | _CHECK
        | _EXPORT
        | {"signing.check_manualcase", "signing.assign_manualcase", "signing.change_caseservicelevel"}
        | {"approvals.view_approvalrule", "billing.check_recharge"},
    ),
    Role(
        "finance",
        _("Finance"),
        _("Exchanges files with partners, describes their layouts, and follows reconciliation."),
        _FINANCE
        | _LAYOUTS
        | _FILES
        | _WAIVE
        | _DEBIT_WORK
        | _rights("billing", "add change", "mandate")
        | {"billing.propose_debitrun", "billing.refund_recharge", "billing.confirm_reconciledday"}
        | {"reconciliation.propose_run", "reconciliation.change_discrepancy"},
    ),
    Role(
        "finance_checker",
        _("Finance checker"),
        _("Approves what others propose about money and contracts."),
        _FINANCE
        | _CHECK
        | _SEE_CASES
        | {"approvals.view_approvalrule", "reconciliation.check_run", "exchange.download_sentfile"}
        | {"billing.check_debitrun", "billing.check_recharge"},
    ),
    Role(
        "operations",
        pgettext_lazy("role", "Operations"),
        _("Keeps messages flowing, keys fresh and scheduled work running."),
        _SEE_SIGNING
        | _SEE_MESSAGES
        | _EXPORT
        | _SEE_PARTNERS
        | _SEE_FILES
        | _SEE_FILE_LINES
        | _SEE_RUNS
        | _SEE_RUN_RULES
        | _DIRECTORIES
        | _EXPECTATIONS
        | _WAIVE
        | _KEYS
        | _WINDOWS
        | _rights("partners", "add change", "resultcode")
        | _rights("messaging", "view", "line replayrun")
        | _rights("django_celery_beat", "view change", _CALENDAR_TABLES)
        | {"messaging.change_outboundmessage", "axes.view_accessattempt", "axes.delete_accessattempt"}
        | {"exchange.change_sentfile", "reconciliation.release_run"}
        | _SEE_BILLS
        | _SEE_DEBITS
        | _DEBIT_WORK,
    ),
    Role(
        "partner_manager",
        _("Partner manager"),
        _("Takes banks, provinces and halls on, and keeps their particulars."),
        _SEE_MESSAGES
        | _EXPORT
        | _SEE_PARTNERS
        | _SEE_FILES
        | _SEE_FILE_LINES
        | _LAYOUTS
        | _DIRECTORIES
        | _EXPECTATIONS
        | _rights("exchange", "add change", "envelopekey")
        | _KEYS
        | _WINDOWS
        | _rights("partners", "add change", "partner legalbank")
        | _rights("partners", "add change delete", "resultcode numbersegment portednumber")
        | _rights("partners", "add change delete", "partnerpermission endpoint")
        | _SEE_DEBITS
        | _rights("billing", "add change", "arrangement settlementterms failurerule")
        | {"messaging.view_line"},
    ),
    Role("auditor", _("Auditor"), _("Reads everything and changes nothing."), _SEE_ALL | _EXPORT),
    Role(
        ADMINISTRATOR,
        _("Administrator"),
        _("Looks after people and settings; decides nothing about contracts or money."),
        _SEE_ALL
        | _rights("auth", "add change", "user")
        | _rights("backoffice", "add change delete", "posting")
        | _rights("approvals", "add change delete", "approvalrule")
        | _rights("reconciliation", "add change delete", "treatmentrule guard")
        | _rights("billing", "add change", "failurerule")
        | {"billing.change_chartline"}
        | _rights("django_celery_beat", "change", _CALENDAR_TABLES)
        | {"backoffice.assign_roles", "axes.delete_accessattempt", "signing.change_caseservicelevel"},
    ),
    Role(
        BREAK_GLASS,
        _("Break-glass"),
        _("May take the administrator's rights for half an hour, in an emergency, with an alarm."),
        frozenset({"backoffice.break_glass"}),
    ),
)

BY_CODE = {role.code: role for role in ROLES}


def title_of(group_name: str) -> Text:
    """Return what people call the group: the role's title, or the name somebody gave it."""
    role = BY_CODE.get(group_name)
    return role.title if role else group_name
