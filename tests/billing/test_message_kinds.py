"""Where billing's messages go, and that each has somebody who hears what became of it."""

import pytest

from unipay.messaging.kinds import kind_named
from unipay.partners.operations import TITLES


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("land_recharges", "/landings"),
        ("take_back_recharge", "/landing-take-backs"),
        ("refund_recharge", "/refunds"),
    ],
)
def test_every_message_has_a_path_a_title_and_sequels(name: str, path: str) -> None:
    kind = kind_named(name)

    assert (kind.operation, kind.path) == (name, path)
    assert kind.on_settled is not None
    assert kind.on_dead is not None
    assert name in TITLES
