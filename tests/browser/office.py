"""The desk of somebody in the back office: a wide screen, logged in with a role."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import Group, User
from playwright.sync_api import BrowserContext, Page

from unipay.backoffice.grants import grant
from unipay.backoffice.models import Posting
from unipay.partners.models import Partner

PASSWORD = "a password of nobody"


@dataclass
class Desk:
    """A person and the page in front of that person."""

    person: User
    page: Page

    def open(self, address: str) -> None:
        """Go to a page of the back office."""
        self.page.goto(f"/admin/{address}", wait_until="networkidle")


def hire(username: str, role: str, *, province: str = "") -> User:
    """A member of staff with the role, posted to the province if one is named."""
    if not Group.objects.filter(name=role).exists():
        grant(apps)
    person = User.objects.create_user(username, is_staff=True, password=PASSWORD)
    person.groups.add(Group.objects.get(name=role))
    if province:
        Posting.objects.create(user=person, province=Partner.objects.get(code=province))
    return person


def seat(person: User, context: BrowserContext) -> Desk:
    """Log the person in with name and password."""
    page = context.new_page()
    page.goto("/admin/login/")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    return Desk(person, page)
