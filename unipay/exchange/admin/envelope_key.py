"""The secrets we share with partners for their files: entered, overlapping while they change, ended; never shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from unipay import clock
from unipay.backoffice.admin import HistoryMixin, partner_title
from unipay.backoffice.admin.narrowing import ProvinceBoundMixin
from unipay.exchange.admin.choices import partners_for
from unipay.exchange.admin.directory_forms import EnvelopeKeyForm
from unipay.exchange.admin.filters import PartnerFilter
from unipay.exchange.models import EnvelopeKey

_FIXED = ("partner", "key_id", "cipher", "valid_from")


@admin.register(EnvelopeKey)
class EnvelopeKeyAdmin(HistoryMixin, ProvinceBoundMixin, ModelAdmin):  # type: ignore[misc]
    """A key, once entered, changes in one thing: when it ends."""

    list_display = (
        partner_title("partner", description=gettext_lazy("partner")),
        "key_id",
        "cipher",
        "standing",
        "valid_from",
        "valid_until",
    )
    list_display_links = ("key_id",)
    list_filter = (("partner", PartnerFilter), "cipher")
    list_select_related = ("partner",)
    ordering = ("partner__kind", "partner__code", "-valid_from")
    sortable_by = ()
    province_field = "partner"
    fields = ("partner", "key_id", "cipher", "material", "valid_from", "valid_until")
    empty_text = gettext_lazy(
        "No partner seals its files. Where a layout has an envelope, add the key you agreed on with the partner."
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave what is sealed sealed."""
        return super().get_queryset(request).defer("material")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The key itself is asked for once."""
        if obj is None:
            kwargs["form"] = EnvelopeKeyForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key itself is never shown."""
        return self.fields if obj is None else (*_FIXED, "valid_until")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What files say about their key stays true."""
        return () if obj is None else _FIXED

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the partners this person may see."""
        if db_field.name == "partner":
            kwargs["queryset"] = partners_for(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Kept files need their key as long as they are kept."""
        return False

    @display(
        description=gettext_lazy("condition"), label={"VALID": "success", "LATER": "info", "ENDED": "primary"}
    )
    def standing(self, key: EnvelopeKey) -> tuple[str, str]:
        """Return whether it opens files now."""
        now = clock.now()
        if key.is_valid(now):
            return "VALID", _("valid")
        return ("LATER", _("not valid yet")) if now < key.valid_from else ("ENDED", _("ended"))
