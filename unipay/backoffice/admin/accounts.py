"""The accounts, roles and rights of staff."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from unipay import clock
from unipay.backoffice import passwords, sessions, two_factor
from unipay.backoffice.account_events import note
from unipay.backoffice.account_forms import PasswordAgainForm
from unipay.backoffice.authority import may_add_accounts, may_give, may_look_after, roles_to_give
from unipay.backoffice.models import AccountEventKind, Authenticator, Posting, Right
from unipay.backoffice.person import person_of
from unipay.backoffice.roles import BY_CODE, title_of
from unipay.partners.kinds import PartnerKind
from unipay.partners.models import Partner

# By now these are registered under Django's own looks.
admin.site.unregister([User, Group])

_FLAGS = frozenset({"is_superuser", "is_staff", "is_active"})
_VERBS = {"view": _("Can view"), "add": _("Can add"), "change": _("Can change"), "delete": _("Can delete")}


class RightsField(ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rights by name in the reader's language; the database knows them in English only."""

    def label_from_instance(self, obj: Permission) -> str:
        """Return the part, the table and the verb."""
        verb = _VERBS.get(obj.codename.removesuffix(f"_{obj.content_type.model}"))
        return f"{obj.content_type} | {verb or gettext(obj.name)}"


class RightsMixin:
    """Offers the rights that open something here, not those on tables nobody can look at."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose among useful rights, named in the reader's language."""
        if db_field.remote_field.model is Permission:
            kwargs |= {"form_class": RightsField, "queryset": _useful_rights()}
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


def _useful_rights() -> QuerySet[Permission]:
    tables = ContentType.objects.get_for_models(Right, *admin.site._registry).values()
    return Permission.objects.filter(content_type__in=tables).select_related("content_type")


class RolesField(ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Roles by their title and purpose."""

    def label_from_instance(self, obj: Group) -> str:
        """Return what people call the role, and what it is for."""
        role = BY_CODE.get(obj.name)
        return (
            _("%(role)s: %(purpose)s") % {"role": role.title, "purpose": role.purpose} if role else obj.name
        )


class PostingInline(TabularInline):  # type: ignore[misc]
    """The provinces somebody works for."""

    model = Posting
    extra = 0
    verbose_name_plural = _("provinces of work (none: the whole country)")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer provinces only."""
        if db_field.name == "province":
            kwargs["queryset"] = Partner.objects.filter(kind=PartnerKind.PROVINCE).order_by("code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(User)
class UserAdmin(RightsMixin, PlainUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    """Staff accounts: see unipay.backoffice.authority for who may do what to whom."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = (PostingInline,)
    actions_detail = ("reset_second_factor", "log_out_everywhere")
    list_display = ("username", "full_name", "roles", "provinces", "second_factor", "is_active", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Fetch what the list shows of every person in a handful of queries."""
        people = super().get_queryset(request)
        enrolled = Exists(Authenticator.objects.filter(user=OuterRef("pk"), confirmed=True))
        return people.annotate(enrolled=enrolled).prefetch_related("groups", "postings__province")

    @admin.display(description=pgettext_lazy("thing", "name"))
    def full_name(self, user: User) -> str:
        """Return the family name before the given name, as it is said here."""
        return f"{user.last_name}{user.first_name}" or "—"

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """Return the titles of the person's roles."""
        titles = [str(title_of(group.name)) for group in user.groups.all()]
        return ", ".join([str(_("superuser"))] * user.is_superuser + titles) or "—"

    @admin.display(description=_("provinces of work"))
    def provinces(self, user: User) -> str:
        """Return the provinces the person is posted to."""
        return ", ".join(posting.province.title for posting in user.postings.all()) or str(_("all"))

    @admin.display(description=_("two-factor login"), boolean=True)
    def second_factor(self, user: Any) -> bool:
        """Return whether the person has a second factor."""
        return bool(user.enrolled)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[Any], ...]:
        """Provinces are given to accounts that exist, and not to one's own."""
        return () if obj is None or obj.pk == request.user.pk else self.inlines

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Rights of single tables are given by superusers, roles by who may assign them, to oneself by nobody.

        The user name stays: log-ins and lock-outs are noted under it.
        """
        named = () if obj is None else ("username",)
        fixed = (*super().get_readonly_fields(request, obj), *named, "last_login", "date_joined")
        if obj is not None and obj.pk == request.user.pk:
            return (*fixed, "is_active", "is_staff", "is_superuser", "groups", "user_permissions")
        if request.user.is_superuser:
            return fixed
        roles = () if may_give(request.user, ()) else ("groups",)
        return (*fixed, "is_superuser", "user_permissions", *roles)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the roles the person may give, by their titles."""
        if db_field.remote_field.model is Group:
            kwargs |= {"form_class": RolesField, "queryset": roles_to_give(request.user)}
            kwargs |= {"widget": UnfoldAdminCheckboxSelectMultipleWidget, "help_text": ""}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts are made in quiet times."""
        return may_add_accounts(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account that may do more is out of reach."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_look_after(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account that may do more is out of reach, and so is one's own."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.pk != request.user.pk and may_look_after(request.user, obj))

    def has_look_after_permission(self, request: HttpRequest, object_id: str = "") -> bool:
        """Whether the person may end a colleague's sessions or second factor; one's own are on one's own page."""
        account = User.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        return (
            account is not None
            and account.pk != request.user.pk
            and self.has_change_permission(request, account)
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever gets an account chooses the password at the first log-in."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)
        if not change and obj.has_usable_password():
            passwords.set_by_other(obj, by=person_of(request), now=clock.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Note what became of the person's roles, rights and provinces."""
        before = _rights_in_words(form.instance)
        super().save_related(request, form, formsets, change)
        after = _rights_in_words(form.instance)
        if after != before or _FLAGS.intersection(form.changed_data):
            note(
                form.instance,
                AccountEventKind.RIGHTS_CHANGED,
                by=person_of(request),
                now=clock.now(),
                detail=after,
            )

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set a colleague's password, to be replaced at the next log-in; one's own is changed with the old one."""
        account = self.get_object(request, unquote(id))
        if account is not None and account.pk == request.user.pk:
            return HttpResponseRedirect(reverse("admin:password_change"))
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if account is not None and request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            passwords.set_by_other(account, by=person_of(request), now=clock.now())
        return response

    @action(
        description=_("Reset two-factor login"),
        icon="phonelink_erase",
        url_path="reset-two-factor",
        permissions=["look_after"],
    )
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then take away a colleague's lost second factor."""
        intro = _(
            "The phone and the backup codes of this person stop working, and every session ends. Be sure who asks you."
        )
        return self._asked_again(request, object_id, intro, two_factor.reset_by, _("Reset two-factor login"))

    @action(
        description=_("Log out everywhere"), icon="logout", url_path="log-out", permissions=["look_after"]
    )
    def log_out_everywhere(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then end every session of a colleague."""
        intro = _("Every session of this person ends at once; what was not saved is lost.")
        return self._asked_again(request, object_id, intro, sessions.end_all, _("Log out everywhere"))

    def _asked_again(
        self, request: HttpRequest, object_id: str, intro: Any, step: Callable[..., None], title: Any
    ) -> HttpResponse:
        account = get_object_or_404(User, pk=object_id)
        form = PasswordAgainForm(request, request.POST or None)
        if request.method == "POST" and form.is_valid():
            step(account, by=person_of(request), now=clock.now())
            messages.success(request, _("Done: %(what)s, %(who)s.") % {"what": title, "who": account})
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[account.pk]))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": account}
        context |= {"title": title, "subtitle": account, "form": form, "intro": intro, "button": title}
        return TemplateResponse(request, "backoffice/ask_again.html", context)


def _rights_in_words(user: User) -> str:
    roles = user.groups.order_by("pk").values_list("name", flat=True)
    rights = user.user_permissions.order_by("pk").values_list("content_type__app_label", "codename")
    given = [*["superuser"] * user.is_superuser, *roles, *(".".join(right) for right in rights)]
    provinces = user.postings.order_by("province__code").values_list("province__code", flat=True)
    shut = "" if user.is_active and user.is_staff else " (shut)"
    return f"{', '.join(given)} @ {', '.join(provinces) or '*'}{shut}"


@admin.register(Group)
class GroupAdmin(RightsMixin, PlainGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Roles: sets of rights, which superusers put together."""

    list_display = ("title", "purpose")
    ordering = ("pk",)

    @admin.display(description=_("role"))
    def title(self, group: Group) -> str:
        """Return what people call the role."""
        return str(title_of(group.name))

    @admin.display(description=_("what it is for"))
    def purpose(self, group: Group) -> str:
        """Return what the role is for, where it is one of ours."""
        role = BY_CODE.get(group.name)
        return str(role.purpose) if role else "—"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody gives rights away, nor takes them, but superusers; a role of ours is known by its code."""
        rights = () if request.user.is_superuser else ("permissions",)
        code = ("name",) if obj is not None and obj.name in BY_CODE else ()
        return (*super().get_readonly_fields(request, obj), *rights, *code)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role of ours stays, empty at most."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.name not in BY_CODE)
