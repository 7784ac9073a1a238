"""The back office logins of a demonstration. They exist only where the sandbox is on, never in production."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoLogin:
    """One back office user, its password, which is no secret here, and the role (group) it belongs to.

    `rights` are what the role may do, as app_label.codename.
    """

    username: str
    password: str
    role: str
    group: str = ""
    rights: tuple[str, ...] = ()
    is_superuser: bool = False


_SIGNING = tuple(
    f"signing.view_{table}" for table in ("contract", "signingsession", "signingtransaction", "manualcase")
)
_MESSAGES = (
    "messaging.view_inboundrequest",
    "messaging.view_outboundmessage",
    "messaging.view_deliveryattempt",
)
_PARTNERS = tuple(
    f"partners.{verb}_{table}"
    for table in (
        "partner",
        "partnerkey",
        "ownkey",
        "resultcode",
        "legalbank",
        "numbersegment",
        "portednumber",
    )
    for verb in ("view", "change")
)
_CALENDAR = ("django_celery_beat.view_periodictask", "django_celery_beat.change_periodictask")

DEMO_LOGINS: tuple[DemoLogin, ...] = (
    DemoLogin("admin", "unipay-demo", "", is_superuser=True),
    DemoLogin(
        "clerk",
        "unipay-demo",
        "customer service",
        "客服",
        (*_SIGNING, "signing.decide_manualcase", "partners.view_partner", *_MESSAGES),
    ),
    DemoLogin("finance", "unipay-demo", "finance", "财务", (*_SIGNING, "partners.view_partner")),
    DemoLogin(
        "ops",
        "unipay-demo",
        "operations",
        "运维",
        (
            *_SIGNING,
            *_MESSAGES,
            "messaging.change_outboundmessage",
            "messaging.view_line",
            *_PARTNERS,
            *_CALENDAR,
            "axes.view_accessattempt",
            "axes.delete_accessattempt",
        ),
    ),
)
