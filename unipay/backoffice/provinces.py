"""Whose subscribers somebody may see: those of the provinces the person is posted to, or all."""

from typing import Any

from unipay.backoffice.models import Posting

_KEPT = "_visible_provinces"


def visible_provinces(user: Any) -> frozenset[int] | None:
    """Return the ids of the provinces this person may see, None for all of them.

    Asked once per instance of the user, which is once per request.
    """
    if user.is_superuser:
        return None
    if not hasattr(user, _KEPT):
        posted = Posting.objects.filter(user_id=user.pk).values_list("province_id", flat=True)
        setattr(user, _KEPT, frozenset(posted) or None)
    kept: frozenset[int] | None = getattr(user, _KEPT)
    return kept


def may_see_province(user: Any, province_id: int | None) -> bool:
    """Tell whether this person may see what belongs to the province; what belongs to none is for all."""
    visible = visible_provinces(user)
    return visible is None or province_id is None or province_id in visible
