"""The shapes of bodies: fields nobody knows are refused by name, not overlooked."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from unipay.api.fields import QueryNumberField, RequestNoField

_UNKNOWN = _("There is no such field.")
_NAME_LIMIT = 100
_NAMES_TOLD = 20


class StrictSerializer(serializers.Serializer[Any]):
    """A JSON object with exactly the fields it declares."""

    default_error_messages = {"invalid": _("Must be a JSON object.")}

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; all faults, unknown names among them, are reported together."""
        faults: dict[str, Any] = {}
        values: Any = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            faults.update(error.detail)  # type: ignore[arg-type]
        if isinstance(data, Mapping):
            faults.update(self._unknown_names(data))
        if faults:
            raise serializers.ValidationError(faults)
        return values

    def _unknown_names(self, data: Mapping[str, Any]) -> dict[str, Any]:
        unknown = islice((name for name in data if name not in self.fields), _NAMES_TOLD)
        return {
            name[:_NAME_LIMIT]: [serializers.ErrorDetail(str(_UNKNOWN), code="unknown_field")]
            for name in unknown
        }


class OrderSerializer(StrictSerializer):
    """The body of every POST: the partner's own number beside what is asked for."""

    request_no = RequestNoField(help_text=_("Your own number of this request, never used for another one."))


class PageQuery(StrictSerializer):
    """The query of every list."""

    cursor = serializers.CharField(
        required=False, max_length=64, help_text=_("next_cursor of the page before.")
    )
    limit = QueryNumberField(
        required=False, min_value=1, max_value=200, default=50, help_text=_("Rows on a page.")
    )
