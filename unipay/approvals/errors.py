"""The reasons approvals say no for."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import reason

PROPOSAL_NOT_FOUND = reason("proposal_not_found", status=404, title=_("There is no such proposal."))
PROPOSAL_SETTLED = reason(
    "proposal_settled", status=409, title=_("The proposal is not waiting for approval any more.")
)
PROPOSAL_WAITS = reason("proposal_waits", status=409, title=_("Another proposal is waiting for approval."))
PROPOSAL_STALE = reason(
    "proposal_stale",
    status=409,
    title=_("What the proposal is about has changed since; look again and propose anew."),
)
PROPOSAL_EXPIRED = reason("proposal_expired", status=409, title=_("The proposal has expired; propose anew."))
OWN_PROPOSAL = reason(
    "own_proposal", status=403, title=_("Your own proposal must be checked by somebody else.")
)
MAY_NOT_CHECK = reason("may_not_check", status=403, title=_("You may not check proposals of this kind."))
ANOTHER_ROLE_CHECKS = reason(
    "another_role_checks",
    status=403,
    title=_("Proposals like this one are checked by people of another role."),
)
NOT_YOUR_PROPOSAL = reason(
    "not_your_proposal", status=403, title=_("Only whoever made the proposal can withdraw it.")
)
REMARK_MISSING = reason("remark_missing", status=422, title=_("Please say why."))
