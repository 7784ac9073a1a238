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

_SEE_SIGNING = _rights("signing", "view", "contract signingsession signingtransaction manualcase")
_SEE_CASES = _rights("signing", "view", "casecomment caseattachment caseservicelevel")
_SEE_MESSAGES = _rights("messaging", "view", "inboundrequest outboundmessage deliveryattempt")
_SEE_PARTNERS = _rights("partners", "view", _PARTNER_TABLES)
_SEE_PROPOSALS = frozenset({"approvals.view_proposal"})
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
    | {"signing.decide_manualcase", "partners.view_partner"}
)
_FINANCE = _SEE_SIGNING | _SEE_PROPOSALS | _EXPORT | {"partners.view_partner", "partners.view_legalbank"}
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
        | {"approvals.view_approvalrule"},
    ),
    Role("finance", _("Finance"), _("Reads contracts and takes lists out."), _FINANCE),
    Role(
        "finance_checker",
        _("Finance checker"),
        _("Approves what others propose about money and contracts."),
        _FINANCE | _CHECK | _SEE_CASES | {"approvals.view_approvalrule"},
    ),
    Role(
        "operations",
        pgettext_lazy("role", "Operations"),
        _("Keeps messages flowing, keys fresh and scheduled work running."),
        _SEE_SIGNING
        | _SEE_MESSAGES
        | _EXPORT
        | _SEE_PARTNERS
        | _KEYS
        | _WINDOWS
        | _rights("partners", "add change", "resultcode")
        | _rights("messaging", "view", "line replayrun")
        | _rights("django_celery_beat", "view change", _CALENDAR_TABLES)
        | {"messaging.change_outboundmessage", "axes.view_accessattempt", "axes.delete_accessattempt"},
    ),
    Role(
        "partner_manager",
        _("Partner manager"),
        _("Takes banks, provinces and halls on, and keeps their particulars."),
        _SEE_MESSAGES
        | _EXPORT
        | _SEE_PARTNERS
        | _KEYS
        | _WINDOWS
        | _rights("partners", "add change", "partner legalbank")
        | _rights("partners", "add change delete", "resultcode numbersegment portednumber")
        | _rights("partners", "add change delete", "partnerpermission endpoint")
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
