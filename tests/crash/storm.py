"""Many customers at several banks' desks while the machine is struck: what each request was answered in the end."""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.crash import orders
from tests.crash.books import Books
from tests.crash.browsing import consent
from tests.crash.desk import Answered, Desk
from tests.crash.programs import wait_until
from tests.crash.town import Town

BANKS = ("ICBC", "ABC", "CCB", "CMB")
PREFIXES = ("1380571", "1380025", "1380010", "1380020")
TOLD_BY_US = "CCB"
"""It wants a confirmation, and leaves it to us to tell the hall."""

ANSWERS_BETWEEN_BLOWS = 8

Blow = Callable[[], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signed:
    """A number whose contract was signed, and perhaps ended."""

    msisdn: str
    bank: str
    contract_no: str
    is_ended: bool
    is_from_hall: bool

    @property
    def books(self) -> Books:
        """What must stand in the books in the end."""
        kinds = ["SIGNED", "TERMINATED"] if self.is_ended else ["SIGNED"]
        messages = [f"PROVINCE contract_changed {kind} DELIVERED" for kind in kinds]
        if self.bank == TOLD_BY_US:
            told = ["BANK contract_confirmed DELIVERED"]
            told += ["HALL signing_outcome DELIVERED"] if self.is_from_hall else []
            messages[1:1] = told
        return Books(
            contracts=["TERMINATED" if self.is_ended else "ACTIVE"],
            journal=kinds,
            messages=messages,
            province=kinds[-1:],
            sms=len(kinds),
        )


@dataclass
class Storm:
    """Customers come until it is over; every answer is kept."""

    town: Town
    seed: int
    answers: list[Answered] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def repeat_every_order(self) -> list[Answered]:
        """Send every order once more; what they are answered now."""
        desks = {partner: self.town.desk(partner) for partner in (*BANKS, "HALL")}
        return [desks[each.partner].until_answered(each.path, each.order) for each in self.answers]

    def rage(self, blows: dict[str, Blow]) -> None:
        """Strike every blow, in any order, each amid answers being given; then let the customers finish."""
        log.warning("the storm's seed is %s", self.seed)
        order = random.Random(self.seed)
        with ThreadPoolExecutor(len(BANKS)) as banks:
            customers = [banks.submit(self._serve, bank) for bank in BANKS]
            try:
                for name in order.sample(sorted(blows), len(blows)):
                    self._strike(name, blows[name], customers)
                self._await_answers(customers)
            finally:
                self._over.set()
            for customer in customers:
                customer.result()

    def _strike(self, name: str, blow: Blow, customers: list[Future[None]]) -> None:
        self._await_answers(customers)
        log.warning("after %s answers: %s", len(self.answers), name)
        blow()
        self.town.recover()
        # Harsher than life: a lease also runs out on those who were not struck, as on a machine that stood still.
        self.town.database.let_leases_run_out()

    def _await_answers(self, customers: list[Future[None]]) -> None:
        enough = len(self.answers) + ANSWERS_BETWEEN_BLOWS
        wait_until(
            lambda: len(self.answers) >= enough or any(each.done() for each in customers),
            "more orders are answered",
        )

    def _serve(self, bank: str) -> None:
        """One bank signs customer after customer, by both channels, and ends some of the contracts."""
        desk, hall = self.town.desk(bank), self.town.desk("HALL")
        chance = random.Random(f"{self.seed} {bank}")
        while not self._over.is_set():
            msisdn = self.town.fresh_number(chance.choice(PREFIXES))
            is_from_hall = chance.random() < 0.5
            opened = self._come_from_hall(hall, bank, msisdn) if is_from_hall else self._ask(desk, msisdn)
            result = orders.signed(f"R-{msisdn}", bank=bank, msisdn=msisdn, **opened)
            contract_no = self._order(desk, "/signing-results", result).body["contract_no"]
            is_ended = chance.random() < 0.3
            if is_ended:
                path = f"/contracts/{contract_no}/termination"
                self._order(desk, path, orders.termination(f"T-{msisdn}"))
            self.signed.append(Signed(msisdn, bank, contract_no, is_ended, is_from_hall))

    def _ask(self, desk: Desk, msisdn: str) -> dict[str, str]:
        order = orders.signing(f"A-{msisdn}", bank=desk.partner, msisdn=msisdn)
        return {"contract_no": self._order(desk, "/signings", order).body["contract_no"]}

    def _come_from_hall(self, hall: Desk, bank: str, msisdn: str) -> dict[str, str]:
        url = f"{self.town.sandbox_url}/sandbox/halls/HALL"
        order = orders.session(f"H-{msisdn}", bank=bank, msisdn=msisdn, hall_url=url)
        session = self._order(hall, "/signing-sessions", order).body
        consent(session["redirect_url"], bank)
        return {"session_no": session["session_no"]}

    def _order(self, desk: Desk, path: str, order: dict[str, object]) -> Answered:
        answered = desk.until_answered(path, order)
        assert answered.status in (200, 201), answered
        self.answers.append(answered)
        return answered
