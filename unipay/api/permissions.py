"""What a partner may do: the operations it was granted, and nothing at all while it is suspended."""

from typing import Any

from django.db.models import prefetch_related_objects
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from unipay.api import errors
from unipay.errors import Refusal
from unipay.partners.kinds import PartnerStatus
from unipay.partners.models import Partner


class OperationPermitted(BasePermission):
    """Lets a caller through whose partner has the view's operation among its permissions."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return True; raises Refusal PARTNER_SUSPENDED or OPERATION_NOT_PERMITTED."""
        partner = request.user.partner  # type: ignore[union-attr]
        if partner.status == PartnerStatus.SUSPENDED:
            raise Refusal(errors.PARTNER_SUSPENDED)
        if view.operation not in granted_operations(partner):
            raise Refusal(errors.OPERATION_NOT_PERMITTED)
        return True


def granted_operations(partner: Partner) -> set[str]:
    """Return the operations granted; read once and kept on the partner, which lives as long as its remembered key."""
    prefetch_related_objects([partner], "permissions")
    return {permission.operation for permission in partner.permissions.all()}
