"""A model field whose column holds only sealed text; code sees the plain value. What must be found again
carries a blind index in a column of its own."""

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from unipay import encryption


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text sealed under `context` ("contract.account"), which is part of the seal: never rename it.

    None stays NULL and "" stays "". Reading a value whose key is unknown raises encryption.UnknownKey.
    Only the isnull look-up exists, as two seals of one text differ; any other raises FieldError.
    """

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "context": self.context}

    def get_prep_value(self, value: Any) -> str | None:
        plaintext: str | None = super().get_prep_value(value)
        if not plaintext:
            return plaintext
        return encryption.default().seal(plaintext, context=self.context)

    def from_db_value(
        self, value: str | None, expression: object, connection: BaseDatabaseWrapper
    ) -> str | None:
        if not value:
            return value
        return encryption.default().open_(value, context=self.context)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: look it up by its blind index, not by {lookup_name!r}")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is sealed: {lookup_name!r} cannot be computed in the database")
