"""What the tests of the API share: the test endpoints, a partner that may use them, and its client."""

import pytest
from django.core.cache import cache

from tests.factories import make_partner
from tests.partner_client import PartnerClient
from unipay.partners.keys import forget_keys
from unipay.partners.models import Partner

OPERATIONS = ("banks.create", "banks.read", "requests.read")


@pytest.fixture(autouse=True)
def _endpoints(settings: pytest.FixtureRequest) -> None:
    settings.ROOT_URLCONF = "tests.unipay.api.urls"
    cache.clear()
    forget_keys()


@pytest.fixture
def icbc() -> Partner:
    return make_partner("ICBC", operations=OPERATIONS)


@pytest.fixture
def bank(icbc: Partner) -> PartnerClient:
    return PartnerClient(icbc)
