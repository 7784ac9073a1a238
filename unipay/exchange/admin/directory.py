"""Where files are picked up and delivered; looked into at once where somebody waits."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from unipay.backoffice.admin import (
    HistoryMixin,
    Preview,
    Question,
    WindowInline,
    confirmed_action,
    partner_title,
)
from unipay.backoffice.admin.narrowing import ProvinceBoundMixin
from unipay.exchange import wake
from unipay.exchange.admin.choices import partners_for
from unipay.exchange.admin.directory_forms import DirectoryForm, kept_credentials
from unipay.exchange.admin.fields import kind_title
from unipay.exchange.admin.filters import PartnerFilter
from unipay.exchange.models import Directory, DirectoryUse, SeenInDirectory

_LOGIN = (
    ("username", "password"),
    "private_key",
    "host_key",
    ("key", "secret"),
    "endpoint_url",
    "forget",
)


class SeenInline(WindowInline):
    """What lay there when we last looked."""

    model = SeenInDirectory
    fields = readonly_fields = ("name", "size", "first_seen_at", "stands_still_since", "file", "refused")
    ordering = ("-first_seen_at",)
    per_page = 50
    verbose_name_plural = gettext_lazy("files seen there")


@admin.register(Directory)
class DirectoryAdmin(HistoryMixin, ProvinceBoundMixin, ModelAdmin):  # type: ignore[misc]
    """Directories; made inactive, never deleted, as what was picked up must stay known."""

    form = DirectoryForm
    list_display = (
        partner_title("partner", description=gettext_lazy("partner")),
        "use",
        "address",
        "kind_name",
        "health",
        "last_looked_at",
        "last_error",
    )
    list_display_links = ("address",)
    list_filter = (("partner", PartnerFilter), "use", "is_active")
    list_select_related = ("partner",)
    ordering = ("partner__kind", "partner__code", "use", "id")
    sortable_by = ()
    province_field = "partner"
    actions_detail = ("look_now",)
    empty_text = gettext_lazy(
        "No directory is known: files come by upload or over the API. Add the place where a partner lays its files."
    )
    readonly_fields = ("kept", "last_looked_at", "last_error")
    fieldsets = (
        (
            None,
            {"fields": (("partner", "use"), "address", ("kind", "pattern"), ("settle_seconds", "is_active"))},
        ),
        (gettext_lazy("How we log in"), {"fields": ("kept", *_LOGIN)}),
        (gettext_lazy("The last look"), {"fields": (("last_looked_at", "last_error"),)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only looks sees no form for secrets."""
        if self.has_change_permission(request, obj) if obj else True:
            return self.fieldsets
        plain, (title, _login), last = self.fieldsets
        return (plain, (title, {"fields": ("kept",)}), last)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """What was seen, where we pick up."""
        return [SeenInline] if obj and obj.use == DirectoryUse.PICK_UP else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the partners this person may see."""
        if db_field.name == "partner":
            kwargs["queryset"] = partners_for(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: a place that is not used any more is made inactive."""
        return False

    @action(description=gettext_lazy("Look now"), icon="sync", url_path="look-now", permissions=["look"])
    def look_now(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Ask a worker to look into the directory at once, once somebody pressed the button."""
        directory = self.get_object(request, unquote(object_id))
        if directory is None:
            raise Http404
        return confirmed_action(
            self,
            request,
            [directory],
            question=LOOKING,
            then=lambda rows, _given: self._looked(request, rows[0]),
        )

    def has_look_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Places we pick up from are looked into by who keeps them."""
        if not request.user.has_perm("exchange.change_directory"):
            return False
        if object_id is None or not str(object_id).isdecimal():
            return object_id is None
        return Directory.objects.filter(pk=object_id, use=DirectoryUse.PICK_UP, is_active=True).exists()

    def _looked(self, request: HttpRequest, directory: Directory) -> HttpResponse:
        wake.at_once(wake.LOOK, directory.pk)
        self.log_change(request, directory, _("asked to look now"))
        messages.success(
            request, _("A worker looks now. What it finds stands below in a moment: reload the page.")
        )
        return HttpResponseRedirect(reverse("admin:exchange_directory_change", args=[directory.pk]))

    @admin.display(description=gettext_lazy("credentials kept"))
    def kept(self, directory: Directory) -> str:
        """Return which secrets are kept, never what they say."""
        names = sorted(kept_credentials(directory)) if directory.pk else []
        return ", ".join(names) or str(_("none"))

    @admin.display(description=gettext_lazy("kind of file"))
    def kind_name(self, directory: Directory) -> str:
        """Return what people call the kind."""
        return kind_title(directory.kind) if directory.kind else str(_("told by the file's name"))

    @display(
        description=gettext_lazy("condition"),
        label={"WELL": "success", "FAILING": "danger", "OFF": "primary", "NEW": "info"},
    )
    def health(self, directory: Directory) -> tuple[str, str]:
        """Return whether it works."""
        if not directory.is_active:
            return "OFF", _("not active")
        if directory.last_error:
            return "FAILING", _("fails")
        return ("WELL", _("works")) if directory.last_looked_at else ("NEW", _("not used yet"))


LOOKING = Question(
    title=gettext_lazy("Look into this directory now?"),
    warning="",
    button=gettext_lazy("Look now"),
    preview=lambda directory: Preview(
        (_("What is whole there is taken in, as at every look; nothing is taken away from there."),)
    ),
    is_dangerous=False,
)
