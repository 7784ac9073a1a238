"""What every test may rely on."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import translation

from tests import quick_flush
from unipay.never_emptied import MAY_EMPTY
from unipay.partners.keys import forget_keys

Login = Callable[..., Client]

# What tests commit need not survive a power cut, and they empty the tables behind them, which only a session that says
# so may. Programs that a test starts take this over, but for those whose database is killed.
os.environ.setdefault("PGOPTIONS", f"-c synchronous_commit=off -c {MAY_EMPTY}=on")


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """Tests that commit are cleared up after quickly."""
    with quick_flush.deleting():
        yield


@pytest.fixture(autouse=True)
def _forgotten_keys() -> None:
    """No test sees keys a former test remembered."""
    forget_keys()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hashing a password is slow on purpose, which no test is about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def english(settings: Any) -> Iterator[None]:
    """Words are compared in the language the code is written in, in pages too."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def administrator(db: None) -> Client:
    """The browser of somebody who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def clerk(db: None) -> Login:
    """Open the browser of a member of staff who has just these rights ("app.codename")."""

    def login(*rights: str, username: str = "clerk") -> Client:
        user = User.objects.create_user(username, is_staff=True)
        for right in rights:
            app, codename = right.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client = Client()
        client.force_login(user)
        return client

    return login
