"""What somebody in the back office was told after an action."""

from typing import Any

from django.contrib.messages import get_messages


def told_by(answer: Any) -> list[str]:
    """The messages of the answer, then a line for each row that was refused."""
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    refused = [each for each in (answer.context or {}).get("outcomes", ()) if each.refusal]
    # A single outcome was already told as a message.
    return told + [f"{each.name}: {each.refusal}" for each in refused]


def run_action(client: Any, address: str, action: str, *rows: Any, **given: Any) -> list[str]:
    """Run an action of a list on the rows, confirming it where that is asked, and return what was told."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return told_by(client.post(address, {**chosen, "confirmed": "yes", **given}))
