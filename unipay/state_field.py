"""The state of a row that its transitions alone may change."""

from typing import Any

from django_fsm import FSMField


class StateField(FSMField):
    """django-fsm's field; in migrations it is the plain text that it is in the database.

    Each FSMField of each model that a migration renders would listen for models to come, for good: they are rendered
    by the ten thousand, and making a new database would take three times as long.
    """

    def deconstruct(self) -> Any:
        """Return what migrations write down."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs
