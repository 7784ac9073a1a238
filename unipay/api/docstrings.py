"""The docstrings that the documentation publishes: partners read them, so they are translated as any other text."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import override

from unipay.api.schema_document import document


def published_docstrings() -> list[str]:
    """Return the docstrings of views and bodies, and the names of tags and examples, as the code has them."""
    with override("en"):
        described = document()
    return sorted({text for text in _texts(described) if text})


def _texts(described: dict[str, Any]) -> Iterator[str]:
    for component in described["components"]["schemas"].values():
        yield component.get("description", "")
    for endpoint in described["paths"].values():
        for operation in endpoint.values():
            yield operation["summary"]
            yield from operation["tags"]
            # What stands last is the right that is needed, which the schema adds.
            yield operation["description"].rpartition("\n\n")[0]
            yield from _example_names(operation.get("requestBody", {}))
            for status, response in operation["responses"].items():
                if status.startswith("2"):
                    yield from _example_names(response)


def _example_names(body: dict[str, Any]) -> Iterator[str]:
    for media_type in body.get("content", {}).values():
        yield from (example["summary"] for example in media_type.get("examples", {}).values())
