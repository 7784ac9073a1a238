"""A partner's end of the wire as the API's guide asks for it: the same request again until it is answered."""

import http.client
import random
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import serialization

from tests.crash.database import Database
from unipay.api.examples.unipay_client import Answer, NotFromUnipay, UnipayClient
from unipay.sandbox.onboarding import KEY_ID

NO_ANSWER = (OSError, http.client.HTTPException, NotFromUnipay)
PATIENCE_SECONDS = 90


@dataclass(frozen=True)
class Answered:
    """A request and the answer it got in the end, after so many sendings."""

    partner: str
    path: str
    order: dict[str, Any]
    status: int
    body: dict[str, Any]
    sendings: int


class Desk:
    """Sends the orders of one partner, signed with the key the sandbox made for it."""

    def __init__(self, partner: str, *, url: str, database: Database) -> None:
        private_pem = database.one(
            "SELECT private_key FROM sandbox_sandboxkey WHERE partner_code = %s", partner
        )
        public_pem = database.one("SELECT public_key FROM sandbox_unipaykey WHERE algorithm = 'RSA-SHA256'")
        self.partner = partner
        self.url = f"{url}/api/v1"
        self.client = UnipayClient(
            partner=partner,
            key=KEY_ID,
            private_key=serialization.load_pem_private_key(private_pem.encode(), password=None),
            unipay_public_keys=[serialization.load_pem_public_key(public_pem.encode())],
        )

    def send(self, path: str, order: dict[str, Any]) -> Answer:
        """Send the order once; raises one of NO_ANSWER when nothing came back that is provably an answer."""
        return self.client.post(self.url + path, order)

    def ask(self, path: str) -> Answer:
        """Ask for something once."""
        return self.client.get(self.url + path)

    def until_answered(self, path: str, order: dict[str, Any]) -> Answered:
        """Send the same order again and again until there is an answer that is final."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        sendings = 0
        while True:
            sendings += 1
            answer = self._answer(path, order)
            if answer is not None and is_final(answer):
                return Answered(self.partner, path, order, answer.status, answer.json(), sendings)
            said = f"{answer.status} {answer.body!r}" if answer else "nothing"
            assert time.monotonic() < deadline, f"{path} {order['request_no']}: at last it was told {said}"
            time.sleep(random.uniform(0.02, 0.2))

    def _answer(self, path: str, order: dict[str, Any]) -> Answer | None:
        try:
            return self.send(path, order)
        except NO_ANSWER:
            return None


def is_final(answer: Answer) -> bool:
    """Whether asking again with the same order could not end otherwise."""
    return answer.status < 300 or answer.json().get("finality") != "UNKNOWN"
