"""How a partner writes its files: a layout is data, in versions, each in force from a date on."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from unipay.state_field import StateField


class Encoding(models.TextChoices):
    """How letters are written; GBK is read as GB18030, which holds all of it."""

    UTF_8 = "UTF-8", "UTF-8"
    GBK = "GBK", "GBK"


class Shape(models.TextChoices):
    """How columns are told apart."""

    DELIMITED = "DELIMITED", _("delimited")
    FIXED = "FIXED", _("fixed width, in bytes")


class LineEnding(models.TextChoices):
    """How we end lines; both are read."""

    LF = "LF", "LF"
    CRLF = "CRLF", "CRLF"


class OnFault(models.TextChoices):
    """What becomes of a file with faulty lines."""

    REFUSE = "REFUSE", _("refuse the file")
    LEAVE_OUT = "LEAVE_OUT", _("accept the file without the faulty lines")
    ASK = "ASK", _("let people decide")


class Compression(models.TextChoices):
    """How our files are packed; received ones are recognised."""

    NONE = "NONE", pgettext_lazy("compression", "none")
    GZIP = "GZIP", "gzip"
    ZIP = "ZIP", "zip"


class Cipher(models.TextChoices):
    """The envelope around a file (design.md 6)."""

    NONE = "NONE", pgettext_lazy("envelope", "none")
    AES_256_GCM = "AES-256-GCM", "AES-256-GCM"
    SM4_GCM = "SM4-GCM", "SM4-GCM"


class LayoutState(models.TextChoices):
    """DRAFT may be edited; PUBLISHED is in force from its date on and never changes; RETIRED reads nothing new."""

    DRAFT = "DRAFT", _("draft")
    PUBLISHED = "PUBLISHED", _("published")
    RETIRED = "RETIRED", _("retired")


@pghistory.track()
class FileLayout(models.Model):
    """One version of one layout.

    `partner` None: our own neutral layout, for every partner that has none of its own. `*_mark`: the first column of
    each line of that section ("H", "D", "T"); empty: lines carry no mark, the header is the first line and the trailer
    the last one. `file_name_pattern`: a name with {partner}, {kind}, {business_date:%Y%m%d}, {file_no}, {sequence}.
    """

    code = models.CharField(_("code"), max_length=64)
    version = models.PositiveIntegerField(_("version"), default=1)
    title = models.CharField(pgettext_lazy("file layout", "title"), max_length=120)
    kind = models.CharField(_("kind of file"), max_length=64)
    partner = models.ForeignKey(
        "partners.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner"),
    )
    state = StateField(_("state"), default=LayoutState.DRAFT, choices=LayoutState, protected=True)
    effective_from = models.DateField(_("in force from"))
    encoding = models.CharField(_("encoding"), max_length=8, choices=Encoding, default=Encoding.UTF_8)
    shape = models.CharField(_("shape"), max_length=12, choices=Shape, default=Shape.DELIMITED)
    delimiter = models.CharField(
        _("delimiter"), max_length=8, blank=True, default="|", help_text=_("Any string; \\t is a tab.")
    )
    quote = models.CharField(_("quotation mark"), max_length=1, blank=True)
    line_ending = models.CharField(_("line ending"), max_length=4, choices=LineEnding, default=LineEnding.LF)
    has_header = models.BooleanField(_("has a header"), default=True)
    has_trailer = models.BooleanField(_("has a trailer"), default=True)
    header_mark = models.CharField(_("mark of the header"), max_length=8, blank=True)
    detail_mark = models.CharField(_("mark of a line"), max_length=8, blank=True)
    trailer_mark = models.CharField(_("mark of the trailer"), max_length=8, blank=True)
    file_name_pattern = models.CharField(_("file name"), max_length=120, blank=True)
    max_rows = models.PositiveIntegerField(_("most lines"), default=50_000_000)
    on_fault = models.CharField(_("faulty lines"), max_length=12, choices=OnFault, default=OnFault.LEAVE_OUT)
    compression = models.CharField(
        _("compression"), max_length=8, choices=Compression, default=Compression.NONE
    )
    cipher = models.CharField(_("envelope"), max_length=16, choices=Cipher, default=Cipher.NONE)
    remark = models.CharField(_("remark"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("file layout")
        verbose_name_plural = _("file layouts")
        permissions = [("publish_filelayout", _("Can publish and retire file layouts"))]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_layout_per_version"),
            models.UniqueConstraint(
                fields=["partner", "kind", "effective_from"],
                condition=Q(state=LayoutState.PUBLISHED),
                nulls_distinct=False,
                name="one_layout_in_force_from_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(shape=Shape.DELIMITED) | ~Q(delimiter=""),
                name="delimited_layout_has_a_delimiter",
            ),
            models.CheckConstraint(condition=Q(max_rows__gt=0), name="layout_allows_a_line"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @transition(state, LayoutState.DRAFT, LayoutState.PUBLISHED)
    def publish(self) -> None:
        """From its date on files are read and written by it; it never changes again."""

    @transition(state, LayoutState.PUBLISHED, LayoutState.RETIRED)
    def retire(self) -> None:
        """No new file is read or written by it."""


class Section(models.TextChoices):
    """Which lines a column stands in."""

    HEADER = "HEADER", _("header")
    DETAIL = "DETAIL", pgettext_lazy("file", "line")
    TRAILER = "TRAILER", _("trailer")


class Align(models.TextChoices):
    """Where a value stands in its width."""

    LEFT = "LEFT", _("left")
    RIGHT = "RIGHT", _("right")


class AmountUnit(models.TextChoices):
    """How amounts are written: whole fen, or yuan with at most two decimals."""

    FEN = "FEN", _("fen")
    YUAN = "YUAN", _("yuan")


class LayoutColumn(models.Model):
    """One column of a layout, in the order of `position`.

    `field`: a field of the kind of file; in header and trailer also one of PARTNER_CODE, BUSINESS_DATE, CUT_OFF_AT,
    FILE_NO, ROW_COUNT, TOTAL_FEN, written in small letters; empty: a column that is skipped, or written as `constant`.
    `code_map`: the partner's code to our word, {"01": "SIGNED"}. Widths are bytes.
    """

    layout = models.ForeignKey(FileLayout, models.CASCADE, related_name="columns", verbose_name=_("layout"))
    section = models.CharField(_("stands in"), max_length=8, choices=Section, default=Section.DETAIL)
    position = models.PositiveSmallIntegerField(_("position"))
    field = models.CharField(_("field"), max_length=64, blank=True)
    constant = models.CharField(_("constant"), max_length=64, blank=True)
    width = models.PositiveSmallIntegerField(_("width (bytes)"), null=True, blank=True)
    align = models.CharField(_("alignment"), max_length=8, choices=Align, default=Align.LEFT)
    pad = models.CharField(_("padding"), max_length=1, default=" ")
    unit = models.CharField(_("amounts in"), max_length=8, choices=AmountUnit, default=AmountUnit.FEN)
    date_format = models.CharField(
        _("date format"), max_length=40, blank=True, help_text=_("Such as %Y%m%d or %Y-%m-%d %H:%M:%S.")
    )
    list_separator = models.CharField(_("between several numbers"), max_length=4, default=",")
    code_map = models.JSONField(_("codes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")
        ordering = ["section", "position"]
        constraints = [
            models.UniqueConstraint(fields=["layout", "section", "position"], name="one_column_per_position"),
            models.UniqueConstraint(
                fields=["layout", "section", "field"], condition=~Q(field=""), name="one_column_per_field"
            ),
            models.CheckConstraint(condition=Q(width=None) | Q(width__gt=0), name="column_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.position} {self.field or self.constant}"
