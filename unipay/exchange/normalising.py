"""Any file as plain lines of UTF-8 that DuckDB reads: each physical line becomes exactly one.

A line is "-", or the code of its defect, and its columns, between SEPARATOR. Whole blocks are rewritten at once where
nothing in them is out of the ordinary, line by line where something is.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from unipay.exchange.faults import ReadingRefused
from unipay.exchange.layout_plan import LayoutPlan
from unipay.exchange.line_splitting import LONGEST_LINE, SEPARATOR, physical_lines, split
from unipay.exchange.models import Section

SOUND = "-"
BOM = b"\xef\xbb\xbf"
_BLOCK = 1024 * 1024
_START = f"{SOUND}{SEPARATOR}".encode()
_BYTE = SEPARATOR.encode()
_PIECE = 25
FRAME_LINES = 1000  # header, trailer, and blank lines at the end


def normalised(stream: BinaryIO, plan: LayoutPlan) -> Iterator[bytes]:
    """Give the file again in blocks of normalised lines."""
    stream.seek(len(BOM) if stream.read(len(BOM)) == BOM else 0)
    line_count = 0
    for block in _blocks(stream, has_header=plan.layout.has_header):
        line_count += block.count(b"\n")
        if line_count > plan.layout.max_rows + FRAME_LINES:
            raise ReadingRefused("too_many_lines")
        yield _at_once(block, plan) or b"".join(_in_pieces(block, plan))


def _blocks(stream: BinaryIO, *, has_header: bool) -> Iterator[bytes]:
    """Give blocks of whole lines; the first and last lines of the file, which may be of another shape, alone.

    Of a line that is too long only as much is kept as shows that it is.
    """
    rest = b""
    while chunk := stream.read(_BLOCK):
        whole, end, tail = chunk.rpartition(b"\n")
        if not end:
            rest = rest[: LONGEST_LINE + 2] + (chunk if len(rest) <= LONGEST_LINE else b"")
            continue
        block, rest = rest + whole + end, tail
        if has_header:
            first, end, block = block.partition(b"\n")
            yield first + end
            has_header = False
        *most, last = block.rstrip(b"\n").rpartition(b"\n")
        yield b"".join(most)
        yield block[sum(map(len, most)) :]
    if rest:
        yield rest


def _at_once(block: bytes, plan: LayoutPlan) -> bytes:
    """Return the whole block normalised, or nothing where it must be looked at line by line."""
    block = block.replace(b"\r\n", b"\n")
    if not block.endswith(b"\n") or block.startswith(b"\n") or b"\n\n" in block:
        return b""
    if any(odd in block for odd in (b"\r", b"\0", _BYTE)) or max(map(len, block.split(b"\n"))) > LONGEST_LINE:
        return b""
    if plan.is_fixed:
        block = _with_separators(block, plan)
    try:
        text = block.decode(plan.codec)
    except UnicodeDecodeError:
        return b""
    if not plan.is_fixed:
        if plan.layout.quote and plan.layout.quote in text:
            return b""
        text = text.replace(plan.delimiter, SEPARATOR)
    return _START + text.encode().replace(b"\n", b"\n" + _START)[: -len(_START)] if text else b""


def _in_pieces(block: bytes, plan: LayoutPlan) -> Iterator[bytes]:
    """Rewrite a few lines at once, so that only those beside a broken one are looked at one by one."""
    lines = block.splitlines(keepends=True) if b"\r" not in block else re.findall(rb"[^\n]*\n|[^\n]+", block)
    for start in range(0, len(lines), _PIECE):
        piece = b"".join(lines[start : start + _PIECE])
        yield _at_once(piece, plan) or b"".join(_one_by_one(piece, plan))


def _with_separators(block: bytes, plan: LayoutPlan) -> bytes:
    """Put separators between columns of lines that are all as long as the layout says; else return nothing."""
    mark = plan.mark(Section.DETAIL).encode(plan.codec)
    widths = [len(mark)] if mark else []
    widths += [column.width or 0 for column in plan.detail]
    length = sum(widths) + 1
    if len(block) % length:
        return b""
    lines = np.frombuffer(block, dtype=np.uint8).reshape(-1, length)
    marked = np.frombuffer(mark, dtype=np.uint8)
    if (
        (lines[:, -1] != ord("\n")).any()
        or block.count(b"\n") != len(lines)
        or (lines[:, : len(mark)] != marked).any()
    ):
        return b""
    places = np.cumsum(widths)[:-1]
    return np.insert(lines, places, ord(SEPARATOR), axis=1).tobytes()


def _one_by_one(block: bytes, plan: LayoutPlan) -> Iterator[bytes]:
    wanted = len(plan.detail) + bool(plan.mark(Section.DETAIL))
    for line in physical_lines(block):
        found = split(line, plan)
        columns = (found.columns + [""] * wanted)[:wanted]
        yield f"{SEPARATOR.join([found.defect or SOUND, *columns])}\n".encode()
