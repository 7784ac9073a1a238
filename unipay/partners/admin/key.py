"""The keys of both sides: a partner's are retired here, ours are rotated."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from unipay import clock, signatures
from unipay.backoffice.admin import WindowAdmin, report_outcomes
from unipay.partners.admin.filters import AgedKeyFilter, EndingKeyFilter
from unipay.partners.keys import retire_key, retire_own_key, rotate_own_key
from unipay.partners.models import OwnKey, PartnerKey


@admin.register(PartnerKey)
class PartnerKeyAdmin(WindowAdmin):
    """A partner's public keys; they are added on the partner's page."""

    list_display = ("key_id", "partner", "algorithm", "slot", "valid_from", "valid_until", "retired_at")
    list_filter = (EndingKeyFilter, "algorithm", "partner")
    list_select_related = ("partner",)
    search_by = (("fingerprint", str.lower),)
    actions = ("retire",)

    @admin.action(description=_("Retire: its signatures count no more"), permissions=["operate"])
    def retire(self, request: HttpRequest, queryset: QuerySet[PartnerKey]) -> HttpResponse:
        """Retire the chosen keys."""
        now = clock.now()
        return report_outcomes(
            self, request, queryset, verb=lambda key: retire_key(key, now=now), done=_("retired")
        )


@admin.register(OwnKey)
class OwnKeyAdmin(WindowAdmin):
    """Our own keys: the public half to hand out, the private half never shown."""

    list_display = ("key_id", "algorithm", "signs_from", "retired_at")
    list_filter = (AgedKeyFilter,)
    fields = ("key_id", "algorithm", "fingerprint", "public_half", "created_at", "signs_from", "retired_at")
    readonly_fields = ("fingerprint", "public_half")
    actions = ("rotate", "retire")

    @admin.display(description=_("fingerprint"))
    def fingerprint(self, key: OwnKey) -> str:
        """Return what partners compare over the telephone."""
        return signatures.fingerprint(key.public_key)

    @admin.display(description=_("public key (PEM)"))
    def public_half(self, key: OwnKey) -> SafeString:
        """Return what partners check our signatures with."""
        return format_html('<pre class="font-mono text-xs">{}</pre>', key.public_key)

    @admin.action(description=_("Rotate: make a successor that signs in a week"), permissions=["operate"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[OwnKey]) -> HttpResponse:
        """Make a successor of each chosen key, published before it signs."""
        now = clock.now()
        return report_outcomes(
            self,
            request,
            queryset,
            verb=lambda key: rotate_own_key(key.algorithm, now=now),
            done=_("rotated"),
        )

    @admin.action(description=_("Retire at once: its private half leaked"), permissions=["operate"])
    def retire(self, request: HttpRequest, queryset: QuerySet[OwnKey]) -> HttpResponse:
        """Sign no more with the chosen keys; partners that lack the next one will refuse us until they have it."""
        now = clock.now()
        return report_outcomes(
            self, request, queryset, verb=lambda key: retire_own_key(key, now=now), done=_("retired")
        )
