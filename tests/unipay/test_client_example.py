"""The example a bank downloads and our own signatures agree, over real HTTP."""

import ast
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from unipay import signatures
from unipay.api.examples import unipay_client
from unipay.api.examples.unipay_client import NotFromUnipay, UnipayClient
from unipay.signatures import Algorithm

RSA = Algorithm.RSA_SHA256
UNIPAY = signatures.generate(RSA)
STRANGER = signatures.generate(RSA)


@dataclass
class Centre:
    """A stand-in for Unipay: checks the request as the real one does, answers what the test wants."""

    partner_public_pem: str
    status: int = 201
    answer: bytes = b'{"contract_no":"C-1"}'
    signed_by: str | None = UNIPAY.private_pem
    signed_at: int | None = None
    redirect_to: str = ""
    url: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)

    def accept(self, method: str, path: str, header: str, body: bytes) -> None:
        credentials = signatures.parse_authorization(header)
        text = signatures.request_text(method, path, credentials.timestamp, credentials.nonce, body)
        right = signatures.verify(self.partner_public_pem, RSA, text, credentials.signature)
        self.received.append({"credentials": credentials, "path": path, "body": body, "right": right})

    def answer_headers(self) -> dict[str, str]:
        headers = {"Location": self.redirect_to} if self.redirect_to else {}
        return headers | (
            signed_headers(self.answer, self.signed_by, self.signed_at) if self.signed_by else {}
        )


def signed_headers(body: bytes, private_pem: str, timestamp: int | None = None) -> dict[str, str]:
    at, nonce = int(time.time()) if timestamp is None else timestamp, "n" * 16
    signature = signatures.sign(private_pem, RSA, signatures.answer_text(at, nonce, body))
    return {
        "Unipay-Timestamp": str(at),
        "Unipay-Nonce": nonce,
        "Unipay-Key": "u1",
        "Unipay-Signature": signature,
    }


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    assert unipay_client.main(["generate-key", str(folder / "mybank")]) == 0
    (folder / "unipay.pub.pem").write_text(UNIPAY.public_pem)
    return folder


@pytest.fixture
def centre(keys: Path) -> Iterator[Centre]:
    stand_in = Centre((keys / "mybank.pub.pem").read_text())

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stand_in.accept(self.command, self.path, self.headers["Authorization"], body)
            self.send_response(stand_in.status)
            for name, value in stand_in.answer_headers().items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(stand_in.answer)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        yield stand_in
        server.shutdown()
        thread.join()


@pytest.fixture
def client(keys: Path) -> UnipayClient:
    return UnipayClient(
        partner="ICBC",
        key="k1",
        private_key=unipay_client.load_private_key(keys / "mybank.pem"),
        unipay_public_keys=[unipay_client.load_public_key(keys / "unipay.pub.pem")],
        timeout_seconds=5,
    )


def test_a_signed_post_gets_through_and_its_answer_is_believed(client: UnipayClient, centre: Centre) -> None:
    answer = client.post(f"{centre.url}/api/v1/signings", {"request_no": "R1", "holder": {"name": "张三"}})

    assert (answer.status, answer.json()) == (201, {"contract_no": "C-1"})
    [received] = centre.received
    assert received["right"] is True
    assert received["path"] == "/api/v1/signings"
    assert json.loads(received["body"]) == {"request_no": "R1", "holder": {"name": "张三"}}
    assert (received["credentials"].partner, received["credentials"].key) == ("ICBC", "k1")


@pytest.mark.parametrize(
    "path", ["/api/v1/contracts?msisdn=13805710001&state=ACTIVE", "/", "/a%20b?c=%E4%B8%AD"]
)
def test_a_signed_get_covers_its_query(client: UnipayClient, centre: Centre, path: str) -> None:
    client.get(centre.url + path)

    assert [(received["path"], received["right"]) for received in centre.received] == [(path, True)]


def test_an_address_without_a_path_is_signed_as_the_root(client: UnipayClient, centre: Centre) -> None:
    client.get(centre.url)

    assert [(received["path"], received["right"]) for received in centre.received] == [("/", True)]


def test_a_repeated_request_is_signed_afresh(client: UnipayClient, centre: Centre) -> None:
    client.post(f"{centre.url}/api/v1/signings", {"request_no": "R1"})
    client.post(f"{centre.url}/api/v1/signings", {"request_no": "R1"})

    first, second = centre.received
    assert first["body"] == second["body"]
    assert first["credentials"].nonce != second["credentials"].nonce


def test_a_refusal_is_an_answer_like_any_other(client: UnipayClient, centre: Centre) -> None:
    centre.status, centre.answer = 422, b'{"code":"number_not_normal"}'

    answer = client.post(f"{centre.url}/api/v1/signings", {"request_no": "R1"})

    assert (answer.status, answer.json()) == (422, {"code": "number_not_normal"})


@pytest.mark.parametrize(
    ("signed_by", "age", "fault"),
    [
        (None, 0, "'unipay-timestamp' is missing; status 201"),
        (STRANGER.private_pem, 0, "signature is wrong"),
        (UNIPAY.private_pem, 400, "seconds away"),
        (UNIPAY.private_pem, -400, "seconds away"),
    ],
)
def test_an_answer_that_is_not_provably_ours_is_not_believed(
    client: UnipayClient, centre: Centre, signed_by: str | None, age: int, fault: str
) -> None:
    centre.signed_by, centre.signed_at = signed_by, int(time.time()) - age

    with pytest.raises(NotFromUnipay, match=fault):
        client.post(f"{centre.url}/api/v1/signings", {"request_no": "R1"})


def test_a_redirect_is_not_followed(client: UnipayClient, centre: Centre) -> None:
    centre.status, centre.redirect_to = 302, f"{centre.url}/elsewhere"

    answer = client.post(f"{centre.url}/api/v1/signings", {"request_no": "R1"})

    assert answer.status == 302
    assert [received["path"] for received in centre.received] == ["/api/v1/signings"]


def test_a_notification_of_ours_is_believed_and_a_changed_one_is_not(client: UnipayClient) -> None:
    body = '{"event_id":"E1","kind":"contract_confirmed","holder":"张*"}'.encode()
    headers = signed_headers(body, UNIPAY.private_pem)
    lower = {name.lower(): value for name, value in headers.items()}

    content = unipay_client.verify_notification(lower, body, client.unipay_public_keys)

    assert content["kind"] == "contract_confirmed"
    with pytest.raises(NotFromUnipay, match="wrong"):
        unipay_client.verify_notification(headers, body.replace(b"E1", b"E2"), client.unipay_public_keys)
    with pytest.raises(NotFromUnipay, match="seconds away"):
        unipay_client.verify_notification(headers, body, client.unipay_public_keys, now=time.time() + 301)
    with pytest.raises(NotFromUnipay, match="cannot be read"):
        unipay_client.verify_notification(
            headers | {"Unipay-Signature": "?"}, body, client.unipay_public_keys
        )


def test_both_keys_are_believed_while_ours_changes(client: UnipayClient, tmp_path: Path) -> None:
    body = b'{"event_id":"E1"}'
    (tmp_path / "next.pub.pem").write_text(STRANGER.public_pem)
    both = [*client.unipay_public_keys, unipay_client.load_public_key(tmp_path / "next.pub.pem")]

    for pair in (UNIPAY, STRANGER):
        assert unipay_client.verify_notification(signed_headers(body, pair.private_pem), body, both)


def test_the_form_at_the_banks_page_is_believed_and_a_changed_one_is_not(client: UnipayClient) -> None:
    fields = {
        "session_no": "S-1",
        "msisdn": "13805710001",
        "bank_code": "ICBC",
        "return_url": "https://u.example/r",
    }
    body = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    headers = signed_headers(body, UNIPAY.private_pem)
    form = {**fields, **{name.removeprefix("Unipay-").lower(): value for name, value in headers.items()}}

    assert unipay_client.verify_hand_over(form, client.unipay_public_keys) == fields
    with pytest.raises(NotFromUnipay, match="wrong"):
        unipay_client.verify_hand_over({**form, "msisdn": "13805710002"}, client.unipay_public_keys)
    with pytest.raises(NotFromUnipay, match="cannot be read"):
        unipay_client.verify_hand_over(fields, client.unipay_public_keys)


def test_generated_keys_are_ones_we_accept_and_are_never_overwritten(keys: Path) -> None:
    private_pem = (keys / "mybank.pem").read_text()

    assert signatures.load_public((keys / "mybank.pub.pem").read_text(), RSA)
    assert signatures.load_private(private_pem, RSA)
    assert (keys / "mybank.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        unipay_client.generate_key_pair(keys / "mybank")
    with pytest.raises(FileExistsError):
        unipay_client.generate_key_pair(keys / "mybank.pem")
    assert (keys / "mybank.pem").read_text() == private_pem


def run(keys: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(Path(unipay_client.__file__)), "--partner", "ICBC", "--key", "k1"]
        + ["--private-key", str(keys / "mybank.pem"), "--unipay-public-key", str(keys / "unipay.pub.pem")]
        + list(arguments),
        capture_output=True,
        text=True,
        cwd=keys,
        timeout=30,
    )


def test_the_command_posts_a_file_and_prints_the_answer(keys: Path, centre: Centre) -> None:
    (keys / "body.json").write_text('{\n  "request_no": "R1"\n}\n')

    done = run(keys, "POST", f"{centre.url}/api/v1/signings", "body.json")

    assert (done.returncode, done.stdout) == (0, '{"contract_no":"C-1"}\n')
    assert "status 201" in done.stderr
    assert centre.received[0]["right"] is True
    assert centre.received[0]["body"] == b'{\n  "request_no": "R1"\n}\n'


def test_the_commands_exit_code_tells_refused_from_unproven(keys: Path, centre: Centre) -> None:
    centre.status = 422
    refused = run(keys, "GET", f"{centre.url}/api/v1/contracts")
    centre.signed_by = None
    unproven = run(keys, "GET", f"{centre.url}/api/v1/contracts")

    assert refused.returncode == 1
    assert (unproven.returncode, unproven.stdout) == (2, "")
    assert "no trustworthy answer" in unproven.stderr


def test_the_command_says_in_one_line_that_nothing_was_sent(keys: Path, centre: Centre) -> None:
    done = run(keys, "POST", f"{centre.url}/api/v1/signings", "no-such-file.json")

    assert done.returncode == 2
    assert done.stderr.startswith("nothing was sent:")
    assert centre.received == []


def test_the_example_needs_nothing_but_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(Path(unipay_client.__file__).read_text(encoding="utf-8"))

    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)]
        )
    }

    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
