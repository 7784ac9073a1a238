"""The accounts and rights of staff, and the log-ins that failed."""

from typing import Any

import axes.admin  # noqa: F401 - registers the pages that are replaced here
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from unipay.backoffice.admin.window import WindowAdmin
from unipay.backoffice.models import Right

# By now all of these are registered under Django's own looks.
admin.site.unregister([User, Group, AccessAttempt, AccessFailureLog, AccessLog])

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


def _may_do_no_more(account: User, person: Any) -> bool:
    """Whoever sets the password of an account can do what the account may."""
    if person.is_superuser:
        return True
    return not account.is_superuser and account.get_all_permissions() <= person.get_all_permissions()


@admin.register(User)
class UserAdmin(RightsMixin, PlainUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    """Staff accounts. Rights are given by superusers; others look after accounts that may do no more than they."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = (
        "username",
        "last_name",
        "first_name",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody gives rights away, nor takes them, but superusers."""
        rights = () if request.user.is_superuser else ("is_superuser", "groups", "user_permissions")
        return (*super().get_readonly_fields(request, obj), *rights)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account that may do more is out of reach."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or _may_do_no_more(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account that may do more is out of reach."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or _may_do_no_more(obj, request.user))


@admin.register(Group)
class GroupAdmin(RightsMixin, PlainGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Roles: sets of rights, which superusers put together."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nobody gives rights away, nor takes them, but superusers."""
        rights = () if request.user.is_superuser else ("permissions",)
        return (*super().get_readonly_fields(request, obj), *rights)


class _LoginWindow(WindowAdmin):
    """Facts about log-ins; what was typed into the form is not shown."""

    exclude = ("get_data", "post_data")
    search_by = (("username", str),)


@admin.register(AccessAttempt)
class AccessAttemptAdmin(_LoginWindow):
    """Failed log-ins that count towards a lock-out; deleting one lifts it."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Lifting a lock-out needs the delete right."""
        allowed: bool = request.user.has_perm("axes.delete_accessattempt")
        return allowed


@admin.register(AccessLog)
class AccessLogAdmin(_LoginWindow):
    """Log-ins and log-outs."""

    list_display = ("attempt_time", "username", "ip_address", "logout_time")
