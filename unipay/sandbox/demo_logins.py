"""The back office logins of a demonstration. They exist only where the sandbox is on, never in production."""

from dataclasses import dataclass

from unipay.backoffice.roles import ADMINISTRATOR, BREAK_GLASS


@dataclass(frozen=True)
class DemoLogin:
    """One back office user, its password, which is no secret here, its roles, and the provinces it works for.

    `purpose` is one line for the table `make run` prints.
    """

    username: str
    purpose: str
    roles: tuple[str, ...]
    provinces: tuple[str, ...] = ()
    password: str = "unipay-demo"


DEMO_LOGINS = (
    DemoLogin("admin", "people and settings", (ADMINISTRATOR,)),
    DemoLogin("clerk", "customer service", ("customer_service",)),
    DemoLogin("clerk2", "customer service", ("customer_service",)),
    DemoLogin("supervisor", "customer service, checks", ("supervisor",)),
    DemoLogin("finance", "finance", ("finance",)),
    DemoLogin("finance-checker", "finance, checks", ("finance_checker",)),
    DemoLogin("ops", "operations, may break the glass", ("operations", BREAK_GLASS)),
    DemoLogin("partners", "partner manager", ("partner_manager",)),
    DemoLogin("auditor", "reads everything", ("auditor",)),
    DemoLogin("zhejiang", "customer service of Zhejiang", ("customer_service",), ("ZJ",)),
)
