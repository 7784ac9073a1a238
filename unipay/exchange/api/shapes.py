"""What the endpoints of files read and answer (unipay/exchange/representation.py fills the answers)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from unipay.api.fields import BusinessDateField, CodeField, FlagField, TextField, WholeNumberField
from unipay.api.serializers import OrderSerializer, PageQuery
from unipay.exchange.models import ReceivedState, SentState, UploadState
from unipay.exchange.representation import FROM_YOU, TO_YOU

_DIRECTIONS = ((FROM_YOU, _("you sent it")), (TO_YOU, _("we sent it")))
_STATES = sorted({*ReceivedState.values, *SentState.values})
_RESULTS = (("ACCEPTED", _("you have it")), ("REFUSED", _("you can't use it")))
_SHA256 = r"^[0-9a-f]{64}$"


class UploadOrder(OrderSerializer):
    """A file that is about to come; kind and business date may be left to the file's name and header."""

    name = TextField(max_length=240, help_text=_("A plain name, without a path."))
    size = WholeNumberField(min_value=0, max_value=2**53 - 1, help_text=_("Bytes."))
    sha256 = serializers.RegexField(
        _SHA256, trim_whitespace=False, max_length=64, help_text=_("Of the whole file, hex.")
    )
    kind = TextField(required=False, max_length=64)
    business_date = BusinessDateField(required=False)
    is_declared_empty = FlagField(
        required=False, default=False, help_text=_("true: it has no lines, and that is meant so.")
    )


class CompletionOrder(OrderSerializer):
    """All pieces were sent."""


class AcknowledgementOrder(OrderSerializer):
    """Whether you can use a file of ours."""

    result = CodeField(choices=_RESULTS)
    reason = TextField(required=False, max_length=200, help_text=_("Why not; with REFUSED."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A refusal says why."""
        if attrs["result"] == "REFUSED" and not attrs.get("reason"):
            raise serializers.ValidationError({"reason": _("A refusal says why.")})
        return attrs


class FileQuery(PageQuery):
    """What a list of files can be narrowed to."""

    direction = CodeField(required=False, choices=_DIRECTIONS, default=TO_YOU)
    kind = TextField(required=False, max_length=64)
    state = CodeField(required=False, choices=[(state, state) for state in _STATES])
    business_date = BusinessDateField(required=False)


class UploadAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """An upload: send the pieces that are missing, numbered from 0, each of `piece_size` bytes but the last."""

    upload_no = serializers.CharField()
    state = serializers.ChoiceField(choices=UploadState.choices)
    piece_size = serializers.IntegerField()
    pieces = serializers.IntegerField()
    missing = serializers.ListField(
        child=serializers.IntegerField(), help_text=_("The first thousand of them.")
    )
    expires_at = serializers.DateTimeField(help_text=_("Every piece gives it more time."))
    file_no = serializers.CharField(allow_blank=True, help_text=_("Once it is complete."))


class PieceAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """The piece is here."""

    upload_no = serializers.CharField()
    number = serializers.IntegerField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class FileAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A file, yours or ours, and what became of it."""

    file_no = serializers.CharField()
    direction = serializers.ChoiceField(choices=_DIRECTIONS)
    kind = serializers.CharField()
    business_date = serializers.DateField(allow_null=True)
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    state = serializers.ChoiceField(choices=[(state, state) for state in _STATES])
    line_count = serializers.IntegerField(allow_null=True)
    accepted_count = serializers.IntegerField(allow_null=True)
    faulty_count = serializers.IntegerField(allow_null=True)
    total_fen = serializers.IntegerField(allow_null=True)
    reason_code = serializers.CharField(allow_blank=True)
    reason_text = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)


class LineFaultSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One thing wrong with one line."""

    line = serializers.IntegerField()
    column = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()
    excerpt = serializers.CharField(allow_blank=True, help_text=_("What stood there, masked."))


class OneFileAnswer(FileAnswer):
    """The file, with its first faults if it is yours."""

    first_faults = LineFaultSerializer(many=True, required=False)
