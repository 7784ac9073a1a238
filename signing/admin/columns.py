"""What the lists of signing have in common: partners chosen by their kind and named, our own numbers searched."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from unipay import check_digit
from unipay.backoffice.admin import masked, partner_title
from unipay.backoffice.provinces import visible_provinces
from unipay.partners.kinds import PartnerKind


class _PartnerFilter(admin.RelatedFieldListFilter):
    """Partners of one kind to choose from, by code."""

    kind: PartnerKind

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the partners of the kind."""
        return field.get_choices(
            include_blank=False, ordering=("code",), limit_choices_to={"kind": self.kind}
        )


class BankFilter(_PartnerFilter):
    """Banks only."""

    kind = PartnerKind.BANK


class ProvinceFilter(_PartnerFilter):
    """Provinces only."""

    kind = PartnerKind.PROVINCE

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the provinces this person may see."""
        provinces = super().field_choices(field, request, model_admin)
        visible = visible_provinces(request.user)
        return provinces if visible is None else [each for each in provinces if each[0] in visible]


bank_title = partner_title("bank", description=_("bank"))
province_title = partner_title("province", description=_("province"))
primary_number = masked("msisdn", description=_("primary number"))
secondary_numbers = masked("secondary_msisdns", description=_("secondary numbers"))


def our_number(prefix: str) -> Callable[[str], str]:
    """Read a number of our own as people type it; raises ValueError for what is none of this prefix."""

    def read(term: str) -> str:
        return check_digit.validate(term, prefix)

    return read
