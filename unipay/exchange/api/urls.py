"""The addresses of files under /api/v1/."""

from django.urls import path

from unipay.exchange.api.files import (
    FileAcknowledgementView,
    FileContentView,
    FileFaultsView,
    FilesView,
    FileView,
)
from unipay.exchange.api.uploads import (
    FileUploadCompletionView,
    FileUploadPieceView,
    FileUploadsView,
    FileUploadView,
)

urlpatterns = [
    path("file-uploads", FileUploadsView.as_view(), name="file-uploads"),
    path("file-uploads/<str:upload_no>", FileUploadView.as_view(), name="file-upload"),
    path(
        "file-uploads/<str:upload_no>/pieces/<int:number>", FileUploadPieceView.as_view(), name="file-piece"
    ),
    path(
        "file-uploads/<str:upload_no>/completion", FileUploadCompletionView.as_view(), name="file-completion"
    ),
    path("files", FilesView.as_view(), name="files"),
    path("files/<str:file_no>", FileView.as_view(), name="file"),
    path("files/<str:file_no>/faults", FileFaultsView.as_view(), name="file-faults"),
    path("files/<str:file_no>/content", FileContentView.as_view(), name="file-content"),
    path(
        "files/<str:file_no>/acknowledgement", FileAcknowledgementView.as_view(), name="file-acknowledgement"
    ),
]
