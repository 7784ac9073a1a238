"""Files that people upload are read in memory: what they hold must never lie on a disk in plain."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect


class MemoryOnlyHandler(FileUploadHandler):
    """Keeps a file of at most `most_bytes` in memory; a larger one is not kept at all, as if none were sent."""

    def __init__(self, request: HttpRequest, most_bytes: int) -> None:
        super().__init__(request)
        self.most_bytes = most_bytes

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nothing, and let no other handler have it."""
        super().new_file(*args, **kwargs)
        self.content = BytesIO()
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the next bytes."""
        if start + len(raw_data) > self.most_bytes:
            raise SkipFile
        self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file."""
        self.content.seek(0)
        return InMemoryUploadedFile(
            file=self.content,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def in_memory(most_bytes: int) -> Callable[[Any], Any]:
    """Let an admin's view read uploads of at most so many bytes, without touching the disk.

    What reads the upload must be chosen before anything else reads it, and the check of the form's token does: so the
    check is made once more inside.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        checked = method_decorator(csrf_protect)(view)

        @wraps(view)
        def outer(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.upload_handlers = [MemoryOnlyHandler(request, most_bytes)]
            answer: HttpResponse = checked(self, request, *args, **kwargs)
            return answer

        outer.csrf_exempt = True  # type: ignore[attr-defined]
        return outer

    return decorate
