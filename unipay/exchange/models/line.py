"""Where files are exchanged, under which keys, and files that arrive in pieces."""

from datetime import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unipay.exchange.models.layout import Cipher
from unipay.sealed_field import SealedTextField


class DirectoryUse(models.TextChoices):
    """What a directory is for."""

    PICK_UP = "PICK_UP", _("we pick up files")
    DELIVER = "DELIVER", _("we deliver files")


@pghistory.track(exclude=["credentials"])
class Directory(models.Model):
    """A place where a partner's files lie or are laid, as an fsspec address ("sftp://…", "ftp://…", "s3://…").

    `credentials`: JSON of fsspec's own options (user name, password), sealed. A file counts as whole once its size
    stood still for `settle_seconds`, or at once where its control file (name + ".sha256") lies beside it.
    """

    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("partner")
    )
    use = models.CharField(_("use"), max_length=8, choices=DirectoryUse)
    address = models.CharField(_("address"), max_length=400)
    credentials = SealedTextField(context="directory.credentials", verbose_name=_("credentials"), blank=True)
    kind = models.CharField(
        _("kind of file"), max_length=64, blank=True, help_text=_("Empty: told by the file's name.")
    )
    pattern = models.CharField(_("file names"), max_length=120, default="*")
    settle_seconds = models.PositiveIntegerField(_("whole after (seconds)"), default=60)
    is_active = models.BooleanField(pgettext_lazy("exchange", "active"), default=True)
    last_looked_at = models.DateTimeField(_("last looked"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("directory")
        verbose_name_plural = _("directories")
        constraints = [
            models.UniqueConstraint(fields=["partner", "use", "address", "kind"], name="one_directory_once")
        ]

    def __str__(self) -> str:
        return self.address


class SeenInDirectory(models.Model):
    """What lay in a directory when we last looked: a file is picked up once, and not before it stands still."""

    directory = models.ForeignKey(Directory, models.CASCADE, related_name="seen", verbose_name=_("directory"))
    name = models.CharField(_("file name"), max_length=255)
    size = models.BigIntegerField(_("size (bytes)"))
    first_seen_at = models.DateTimeField(_("first seen"))
    stands_still_since = models.DateTimeField(_("stands still since"))
    file = models.ForeignKey(
        "exchange.ReceivedFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    refused = models.CharField(_("why it was not taken"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("file seen")
        verbose_name_plural = _("files seen")
        constraints = [
            models.UniqueConstraint(fields=["directory", "name"], name="one_sighting_per_file_name")
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["material"])
class EnvelopeKey(models.Model):
    """A secret we share with a partner for its files: `material` is base64, 32 bytes for AES, 16 for SM4; sealed.

    Files name their key; several may be valid at once, so that a change needs no pause. The newest valid one seals.
    """

    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("partner")
    )
    key_id = models.CharField(_("key id"), max_length=32)
    cipher = models.CharField(
        _("envelope"), max_length=16, choices=[choice for choice in Cipher.choices if choice[0] != "NONE"]
    )
    material = SealedTextField(context="envelope.key", verbose_name=_("key"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("envelope key")
        verbose_name_plural = _("envelope keys")
        constraints = [
            models.UniqueConstraint(fields=["partner", "key_id"], name="one_envelope_key_per_id"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="envelope_key_lives"
            ),
        ]

    def __str__(self) -> str:
        return self.key_id

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it opens files now."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


class UploadState(models.TextChoices):
    """OPEN while pieces come in."""

    OPEN = "OPEN", pgettext_lazy("upload", "open")
    DONE = "DONE", pgettext_lazy("upload", "complete")
    GIVEN_UP = "GIVEN_UP", pgettext_lazy("upload", "given up")


class Upload(models.Model):
    """A file arriving in pieces, from staff or over the API: pieces of `piece_size` bytes, each kept once.

    `pieces`: how many there will be; `size` and `digest` are what the sender says, compared when all are here.
    """

    upload_no = models.CharField(_("upload number"), max_length=64, unique=True)
    partner = models.ForeignKey(
        "partners.Partner", models.PROTECT, related_name="+", verbose_name=_("partner")
    )
    kind = models.CharField(_("kind of file"), max_length=64)
    business_date = models.DateField(_("business date"), null=True, blank=True)
    name = models.CharField(_("file name"), max_length=255)
    size = models.BigIntegerField(_("size (bytes)"))
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    piece_size = models.PositiveIntegerField(_("size of a piece (bytes)"))
    is_declared_empty = models.BooleanField(_("declared empty"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    state = models.CharField(_("state"), max_length=8, choices=UploadState, default=UploadState.OPEN)
    file = models.ForeignKey(
        "exchange.ReceivedFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    opened_at = models.DateTimeField(pgettext_lazy("time", "opened"))
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0, piece_size__gt=0), name="upload_has_a_size"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="upload_open", condition=Q(state=UploadState.OPEN))
        ]

    def __str__(self) -> str:
        return self.upload_no

    @property
    def pieces(self) -> int:
        """How many pieces make the file whole."""
        return max(1, -(-self.size // self.piece_size))


class UploadPiece(models.Model):
    """One piece that arrived: its number counts from 0."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="arrived", verbose_name=_("upload"))
    number = models.PositiveIntegerField(_("piece"))
    size = models.PositiveIntegerField(_("size (bytes)"))
    digest = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="one_piece_per_number")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.number}"
