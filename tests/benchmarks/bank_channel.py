"""Signing over the bank channel, which asks the province: latency of our answer against the province's alone."""

import json
import os
import time
from collections.abc import Callable
from statistics import quantiles

import httpx

from tests.benchmarks import orders, outbox_rows
from tests.benchmarks.closed_loop import drive
from tests.benchmarks.partner_door import ELIGIBILITY, open_door
from tests.benchmarks.report import Finding
from tests.benchmarks.web_server import serving
from unipay import clock, signatures
from unipay.partners.keys import add_partner_key
from unipay.partners.models import NumberSegment, Partner

PATH = "/api/v1/signings"
_WARM_UP = 20
_BLOCK = 10


def measure(count: str) -> list[Finding]:
    """Ask so many times each, in turn, one at a time."""
    province = outbox_rows.provinces(1)[0]
    _give_key(province)
    latencies: dict[str, list[float]] = {"the province alone": [], "our answer to the bank": []}
    with open_door(signs_as=province.code) as door, serving("ours", dict(os.environ)) as server:
        province.base_url = door.url
        province.save(update_fields=["base_url"])
        with httpx.Client(trust_env=False) as client:
            url = door.url + ELIGIBILITY
            asks: dict[str, Callable[[list[dict[str, object]]], list[float]]] = {
                "the province alone": lambda block: [_ask_alone(client, url, order) for order in block],
                "our answer to the bank": lambda block: _ask_us(server.address, block),
            }
            numbers = iter(_free_numbers(province))
            for number in range((_WARM_UP + int(count)) // _BLOCK):
                block = [_order(next(numbers)) for _ in range(_BLOCK)]
                for name, ask in asks.items():
                    took = ask(block)
                    latencies[name] += took if number * _BLOCK >= _WARM_UP else []
    return [_finding(latencies)]


def _give_key(province: Partner) -> None:
    pair = signatures.generate("RSA-SHA256")
    orders.key_file(province.code).write_text(pair.private_pem)
    add_partner_key(province, orders.KEY_ID, "RSA-SHA256", pair.public_pem, clock.now())


def _free_numbers(province: Partner) -> list[str]:
    """Numbers at home there that no contract has: those of a segment nobody else uses."""
    prefix = "1999999"
    NumberSegment.objects.create(prefix=prefix, province=province)
    return [f"{prefix}{number:04d}" for number in range(10_000)]


def _order(msisdn: str) -> dict[str, object]:
    return {
        "request_no": f"S{msisdn}",
        "msisdn": msisdn,
        "account": {"number": "6222020200112233446", "type": "DEBIT"},
        "holder": {"name": "王小明", "identity_no": "33010619900101123X"},
        "channel": "COUNTER",
        "business_date": "2026-01-05",
    }


def _ask_alone(client: httpx.Client, url: str, order: dict[str, object]) -> float:
    """What the province is asked, as a program without any care would ask it."""
    started = time.perf_counter()
    question = {key: order[key] for key in ("request_no", "msisdn")}
    client.post(url, json=question).raise_for_status().json()
    return time.perf_counter() - started


def _ask_us(address: tuple[str, int], block: list[dict[str, object]]) -> list[float]:
    messages = [
        orders.signed(PATH, json.dumps(order).encode(), bank=orders.BANKS[0]).raw() for order in block
    ]
    answered = drive(address, iter(messages), seconds=60, connections=1)
    if answered.failures:
        raise RuntimeError(answered.failures[0])
    return answered.latencies


def _finding(latencies: dict[str, list[float]]) -> Finding:
    cuts = {name: quantiles(each, n=100) for name, each in latencies.items()}
    alone, ours = cuts.values()
    return Finding(
        "Signing over the bank channel, one request at a time",
        ["", "p50 ms", "p99 ms"],
        [
            *([name, f"{1000 * cut[49]:.1f}", f"{1000 * cut[98]:.1f}"] for name, cut in cuts.items()),
            ["what we add", f"{1000 * (ours[49] - alone[49]):.1f}", ""],
        ],
        [
            f"{len(latencies['the province alone'])} requests each, in turn. The province signs its answer; the bare"
            " call neither signs nor checks. Ours keeps a lease, asks, checks the signature, and keeps a provisional"
            " contract.",
        ],
    )
