"""Where numbers are at home: by segment, and by number for those that were ported."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources, widgets

from unipay import msisdn
from unipay.backoffice.admin import FastListMixin, SpreadsheetAdmin
from unipay.partners.admin.forms import PREFIX, NumberSegmentForm, PortedNumberForm
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import NumberSegment, Partner, PortedNumber


class ProvinceWidget(widgets.ForeignKeyWidget):  # type: ignore[misc]
    """Provinces by code, read once a file rather than once a line."""

    def __init__(self) -> None:
        super().__init__(Partner, field="code")
        self.provinces: dict[str, Partner] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Partner:
        """Return the province of that code; raises ValueError for any other."""
        if not self.provinces:
            self.provinces = {each.code: each for each in Partner.objects.filter(kind=PartnerKind.PROVINCE)}
        if value not in self.provinces:
            raise ValueError(f"there is no province {value}")
        return self.provinces[value]


class PrefixWidget(widgets.CharWidget):  # type: ignore[misc]
    """Three to seven digits."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the prefix; raises ValidationError."""
        prefix = str(value).strip()
        PREFIX(prefix)
        return prefix


class MsisdnWidget(widgets.CharWidget):  # type: ignore[misc]
    """Eleven digits, as people write them."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Return the number; raises ValueError."""
        return msisdn.normalise(str(value))


class SegmentResource(resources.ModelResource):  # type: ignore[misc]
    """Segments as prefix, province, city."""

    prefix = fields.Field("prefix", "prefix", widget=PrefixWidget())
    province = fields.Field("province", "province", widget=ProvinceWidget())

    class Meta:
        model = NumberSegment
        fields = ("prefix", "province", "city")
        import_id_fields = ("prefix",)
        skip_unchanged = True
        report_skipped = False


class PortedNumberResource(resources.ModelResource):  # type: ignore[misc]
    """Ported numbers as msisdn, province."""

    msisdn = fields.Field("msisdn", "msisdn", widget=MsisdnWidget())
    province = fields.Field("province", "province", widget=ProvinceWidget())

    class Meta:
        model = PortedNumber
        fields = ("msisdn", "province")
        import_id_fields = ("msisdn",)
        skip_unchanged = True
        report_skipped = False


class _ReferenceAdmin(SpreadsheetAdmin):
    list_select_related = ("province",)
    list_filter = ("province",)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Offer provinces only."""
        if db_field.name == "province":
            kwargs["queryset"] = Partner.objects.filter(kind=PartnerKind.PROVINCE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(NumberSegment)
class NumberSegmentAdmin(_ReferenceAdmin):
    """Segments; the longest that matches decides."""

    empty_text = _(
        "Without segments no number has a home province: import them, or run manage.py load_reference."
    )
    form = NumberSegmentForm
    resource_classes = (SegmentResource,)
    list_display = ("prefix", "province", "city")
    search_fields = ("prefix__startswith", "city")
    ordering = ("prefix",)


@admin.register(PortedNumber)
class PortedNumberAdmin(FastListMixin, _ReferenceAdmin):
    """Ported numbers; they win over segments."""

    empty_text = _("No number is at home elsewhere than its segment says. Import a list, or add one.")
    form = PortedNumberForm
    resource_classes = (PortedNumberResource,)
    list_display = ("msisdn", "province")
    search_by = (("msisdn", msisdn.normalise),)
