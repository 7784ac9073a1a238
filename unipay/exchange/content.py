"""The content of a file on its way to DuckDB: out of the vault, its envelope and its packing, then as lines."""

from collections.abc import Iterable
from contextlib import ExitStack

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from unipay.exchange import vault
from unipay.exchange.envelope import FindKey, is_sealed, opened
from unipay.exchange.faults import ReadingRefused, Undecryptable
from unipay.exchange.frame_lines import Ends, ends_of
from unipay.exchange.layout_plan import LayoutPlan
from unipay.exchange.line_loading import Source, Watch
from unipay.exchange.models import Cipher, Encoding
from unipay.exchange.normalising import FRAME_LINES, normalised
from unipay.exchange.unpacking import is_packed, unpacked

_LONGEST_DELIMITER = 4  # bytes, that DuckDB takes


class Content:
    """One file of the vault: `name` is where its plain lines are read. Temporaries last as long as the stack."""

    def __init__(self, seen: vault.Vault, name: str, stack: ExitStack) -> None:
        self._seen, self.name, self._stack = seen, name, stack

    def unwrap(self, plan: LayoutPlan, find_key: FindKey) -> None:
        """Take envelope and packing off; raises ReadingRefused, Undecryptable among them."""
        with self._seen.open(self.name) as stream:
            sealed = is_sealed(stream)
            if sealed != (plan.layout.cipher != Cipher.NONE):
                raise Undecryptable(
                    _("It is sealed in an envelope, which its layout does not say.")
                    if sealed
                    else _("It is not sealed in an envelope, as its layout says.")
                )
            if sealed:
                self.name = self._kept(opened(stream, find_key))
        with self._seen.open(self.name) as stream:
            if is_packed(stream):
                limit = settings.UNIPAY_MAX_FILE_MB * 1024 * 1024
                self.name = self._kept(unpacked(stream, limit=limit))

    def ends(self) -> Ends:
        """Return the first and last lines."""
        with self._seen.open(self.name) as stream:
            return ends_of(stream)

    def direct(self, plan: LayoutPlan) -> tuple[Source, Watch] | None:
        """Return the file as it is, where DuckDB can read it so."""
        layout, delimiter = plan.layout, plan.delimiter.encode()
        if plan.is_fixed or layout.quote or layout.encoding != Encoding.UTF_8:
            return None
        if len(delimiter) > _LONGEST_DELIMITER:
            return None
        watch = Watch(delimiter, layout.max_rows + FRAME_LINES)
        self._seen.watch(self.name, watch)
        return Source(f"{vault.PROTOCOL}://{self.name}", plan.delimiter), watch

    def normalised(self, plan: LayoutPlan) -> Source:
        """Return the file line by line, whatever it holds."""
        with self._seen.open(self.name) as stream:
            name = self._kept(normalised(stream, plan))
        return Source(f"{vault.PROTOCOL}://{name}", "", is_normalised=True)

    def _kept(self, blocks: Iterable[bytes]) -> str:
        temporary = vault.Temporary()
        self._stack.callback(temporary.close)
        try:
            for block in blocks:
                temporary.write(block)
        except vault.Altered as error:
            raise ReadingRefused("altered") from error
        return self._seen.lend(temporary.seal_up())
