"""Rights that belong to no single table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

REVEAL = "backoffice.reveal_personal_data"
EXPORT = "backoffice.export_lists"


class Right(models.Model):
    """Holds no rows: it lets rights that cut across the tables be granted to staff like any other."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("reveal_personal_data", _("Can see personal data unmasked")),
            ("export_lists", _("Can take lists out as files")),
            ("assign_roles", _("Can give and take roles")),
            ("break_glass", _("Can take the administrator's rights in an emergency")),
        ]

    def __str__(self) -> str:
        return "right"
