"""Layouts, files received and sent, what is expected, and the lines files travel on."""

from unipay.exchange.models.expectation import ExpectedFile, ExpectedState, FileExpectation, Rhythm
from unipay.exchange.models.layout import (
    Align,
    AmountUnit,
    Cipher,
    Compression,
    Encoding,
    FileLayout,
    LayoutColumn,
    LayoutState,
    LineEnding,
    OnFault,
    Section,
    Shape,
)
from unipay.exchange.models.line import (
    Directory,
    DirectoryUse,
    EnvelopeKey,
    SeenInDirectory,
    Upload,
    UploadPiece,
    UploadState,
)
from unipay.exchange.models.received import FileFault, FileOrigin, ReceivedFile, ReceivedState
from unipay.exchange.models.sent import Route, SentFile, SentState

__all__ = [
    "Align",
    "AmountUnit",
    "Cipher",
    "Compression",
    "Directory",
    "DirectoryUse",
    "Encoding",
    "EnvelopeKey",
    "ExpectedFile",
    "ExpectedState",
    "FileExpectation",
    "FileFault",
    "FileLayout",
    "FileOrigin",
    "LayoutColumn",
    "LayoutState",
    "LineEnding",
    "OnFault",
    "ReceivedFile",
    "ReceivedState",
    "Rhythm",
    "Route",
    "Section",
    "SeenInDirectory",
    "SentFile",
    "SentState",
    "Shape",
    "Upload",
    "UploadPiece",
    "UploadState",
]
