"""Plain functions that make people, cases and proposals for tests of approvals."""

from datetime import timedelta

from django.contrib.auth.models import Permission, User

from signing.flows import case_proposal
from signing.models import ManualCase
from signing.states import Decision
from tests.signing.factories import NOW, make_case
from unipay.approvals.models import Proposal

VALID = timedelta(hours=24)
CHECKER_RIGHTS = (
    "approvals.view_proposal",
    "approvals.check_proposal",
    "signing.check_manualcase",
    "signing.view_manualcase",
)


def make_person(username: str, *rights: str) -> User:
    """A member of staff with just these rights ("app.codename")."""
    user = User.objects.create_user(username, is_staff=True)
    for right in rights:
        app, codename = right.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_checker(username: str = "checker") -> User:
    """Somebody who may check decisions of cases."""
    return make_person(username, *CHECKER_RIGHTS)


def make_proposal(
    maker: User, decision: Decision = Decision.REPLACE, case: ManualCase | None = None
) -> Proposal:
    """A decision of a case that waits for somebody else."""
    case = case or make_case()
    submitted = case_proposal.submit(
        case.case_no, decision=decision, remark="the customer said so", by_id=maker.pk, now=NOW
    )
    assert submitted.proposal is not None
    return submitted.proposal
