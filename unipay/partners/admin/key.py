"""The keys of both sides: which one signs when, how they are rotated, and how one is retired."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display

from unipay import clock, signatures
from unipay.backoffice.admin import Question, WindowAdmin, confirmed_action, report_outcomes
from unipay.backoffice.admin.outcomes import reason_of
from unipay.errors import Refusal
from unipay.partners.admin import key_table, previews
from unipay.partners.admin.filters import AgedKeyFilter, EndingKeyFilter
from unipay.partners.admin.key_forms import OnlyKeyForm, RotateOwnKeyForm
from unipay.partners.keys import (
    others_that_count,
    retire_key,
    retire_own_key,
    rotate_own_key,
    signs_after,
)
from unipay.partners.models import OwnKey, PartnerKey


@admin.register(PartnerKey)
class PartnerKeyAdmin(WindowAdmin):
    """A partner's public keys; they are added and rotated on the partner's page."""

    list_display = ("key_id", "partner", "algorithm", "standing", "short_print", "valid_from", "valid_until")
    list_filter = (EndingKeyFilter, "algorithm", "partner")
    list_select_related = ("partner",)
    search_by = (("fingerprint", lambda typed: typed.replace(" ", "").lower()),)
    search_help_text = _("The whole fingerprint")
    empty_text = _("No partner has a key yet. Keys are added on the partner's page.")
    actions = ("retire",)

    @display(description=pgettext_lazy("key", "standing"), label=key_table.COLOURS)
    def standing(self, key: PartnerKey) -> tuple[str, str]:
        """Return whether its signatures count."""
        return key_table.badge(key_table.partner_key_standing(key, clock.now()))

    @admin.display(description=_("fingerprint"))
    def short_print(self, key: PartnerKey) -> str:
        """Return its beginning."""
        return previews.short(key.fingerprint)

    @admin.action(description=_("Retire: its signatures count no more"), permissions=["operate"])
    def retire(self, request: HttpRequest, queryset: QuerySet[PartnerKey]) -> HttpResponse | None:
        """Retire the chosen keys, once somebody has read what that stops."""
        keys = list(queryset.select_related("partner").order_by("partner", "valid_from"))
        now, chosen = clock.now(), [key.pk for key in keys]
        ends_all = [
            key for key in keys if key.is_live(now) and not others_that_count(key, now=now, without=chosen)
        ]
        preview = partial(previews.key_retired, now=now, chosen=chosen)
        return _retired(self, request, keys, preview=preview, flow=retire_key, ends_all=bool(ends_all))


@admin.register(OwnKey)
class OwnKeyAdmin(WindowAdmin):
    """Our own keys: the public half to hand out, the private half never shown."""

    list_display = (
        "key_id",
        "algorithm",
        "standing",
        "short_print",
        "created_at",
        "signs_from",
        "retired_at",
    )
    list_filter = (AgedKeyFilter,)
    fields = ("key_id", "algorithm", "fingerprint", "public_half", "created_at", "signs_from", "retired_at")
    readonly_fields = ("fingerprint", "public_half")
    empty_text = _("We have no key yet: the first is made when something is signed.")
    actions = ("retire",)
    actions_list = ("rotate",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OwnKey]:
        """Know of each key which one signs with its algorithm now."""
        begun = OwnKey.objects.filter(
            algorithm=OuterRef("algorithm"), retired_at=None, signs_from__lte=clock.now()
        )
        keys: QuerySet[OwnKey] = super().get_queryset(request)
        return keys.annotate(signing=Subquery(begun.order_by("-signs_from", "-id").values("pk")[:1]))

    @display(description=pgettext_lazy("key", "standing"), label=key_table.COLOURS)
    def standing(self, key: Any) -> tuple[str, str]:
        """Return whether it signs."""
        return key_table.badge(key_table.own_key_standing(key, clock.now()))

    @admin.display(description=_("fingerprint"))
    def short_print(self, key: OwnKey) -> str:
        """Return its beginning."""
        return previews.short(signatures.fingerprint(key.public_key))

    @admin.display(description=_("fingerprint"))
    def fingerprint(self, key: OwnKey) -> str:
        """Return what partners compare over the telephone."""
        return previews.in_groups(signatures.fingerprint(key.public_key))

    @admin.display(description=_("public key (PEM)"))
    def public_half(self, key: OwnKey) -> SafeString:
        """Return what partners check our signatures with."""
        return format_html(
            '<pre class="font-mono text-xs whitespace-pre-wrap break-all">{}</pre>', key.public_key
        )

    @action(description=_("Rotate"), icon="autorenew", url_path="rotate", permissions=["operate"])
    def rotate(self, request: HttpRequest) -> HttpResponse:
        """Show which key signs when, and make a successor that begins at the time that is given."""
        now = clock.now()
        form = RotateOwnKeyForm(request.POST or None, now=now)
        if form.is_valid() and self._rotated(request, form):
            return HttpResponseRedirect(reverse("admin:partners_ownkey_changelist"))
        keys = key_table.own_key_rows(self.get_queryset(request).order_by("algorithm", "-signs_from"), now)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "keys": keys}
        context |= {"title": _("Rotate our key")}
        return TemplateResponse(request, "partners/rotate_own_key.html", context)

    @admin.action(description=_("Retire at once: its private half leaked"), permissions=["operate"])
    def retire(self, request: HttpRequest, queryset: QuerySet[OwnKey]) -> HttpResponse | None:
        """Sign no more with the chosen keys, once somebody has read what signs instead."""
        keys = list(queryset.order_by("algorithm", "signs_from"))
        now, chosen = clock.now(), [key.pk for key in keys]
        ends_all = [
            key for key in keys if key.signs_from <= now and signs_after(key, now=now, without=chosen) is None
        ]
        preview = partial(previews.own_key_retired, now=now, chosen=chosen)
        return _retired(self, request, keys, preview=preview, flow=retire_own_key, ends_all=bool(ends_all))

    def _rotated(self, request: HttpRequest, form: RotateOwnKeyForm) -> bool:
        given = form.cleaned_data
        try:
            key = rotate_own_key(given["algorithm"], now=clock.now(), signs_from=given["signs_from"])
        except Refusal as refusal:
            form.add_error(None, reason_of(refusal))
            return False
        self.log_addition(request, key, str(_("rotated")))
        messages.success(request, _("%(key)s is published, and signs from the time you gave.") % {"key": key})
        return True


def _retired(
    model_admin: Any, request: HttpRequest, keys: list[Any], *, preview: Any, flow: Any, ends_all: bool
) -> HttpResponse | None:
    """Ask, and ask for a tick where a last key would go; then retire each."""

    def then(rows: list[Any], given: dict[str, Any]) -> HttpResponse:
        even_the_only = bool(given.get("knows"))
        return report_outcomes(
            model_admin,
            request,
            rows,
            verb=lambda key: flow(key, now=clock.now(), even_the_only=even_the_only),
            done=_("retired"),
        )

    question = Question(
        title=_("Retire these keys?"),
        warning=_("A retired key never counts again, under no name."),
        button=_("Retire"),
        preview=preview,
        form_class=OnlyKeyForm if ends_all else None,
    )
    return confirmed_action(model_admin, request, keys, question=question, then=then)
