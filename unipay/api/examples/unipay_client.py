#!/usr/bin/env python3
"""A complete client of the Unipay partner API in one file: copy it, run it, or port it to your language.

It needs Python 3.11 or later and one package: `pip install cryptography`.

1. Make your key pair (RSA); send us the public half, keep the private half. We answer with your partner
   code, your key id and our public key:

       python unipay_client.py generate-key mybank          # writes mybank.pem and mybank.pub.pem

2. Send a signed request:

       python unipay_client.py --partner ICBC --key k1 --private-key mybank.pem \\
           --unipay-public-key unipay.pub.pem POST https://unipay.example/api/v1/signings body.json

   A GET has no body file. The answer's body goes to standard output, its status to standard error.
   Exit code: 0 for a 2xx answer, 1 for any other, 2 when the answer is not provably ours or none came.

3. Send us a file, or fetch one of ours (both go on where a cut line left them when they are run again):

       python unipay_client.py --partner ICBC --key k1 --private-key mybank.pem \\
           --unipay-public-key unipay.pub.pem upload https://unipay.example book.txt \\
           --kind bank_contract_full --business-date 2026-10-31
       python unipay_client.py … download https://unipay.example F-7K3M-9QXD-2T5W-8RNA-H book.txt

4. In your own program:

       client = UnipayClient(partner="ICBC", key="k1", private_key=load_private_key("mybank.pem"),
                             unipay_public_keys=[load_public_key("unipay.pub.pem")])
       answer = client.post("https://unipay.example/api/v1/signings", {"request_no": "R20261001-1", ...})
       answer.status, answer.json()

   and where you receive our notifications, before believing a word of the body:

       verify_notification(headers, body, unipay_public_keys)    # then answer any 2xx, with an empty body

   and on a bank's signing page, before believing the form a browser brings:

       verify_hand_over(form, unipay_public_keys)["session_no"]

   Our keys change: we publish the next one a week before it signs. Add it then, drop the old one later.

What is signed (RSA, PKCS#1 v1.5, SHA-256; every line, the last one too, ends in a line feed):

    a request to us                     METHOD, PATH?QUERY, TIMESTAMP, NONCE, BODY
    our answers and our notifications   TIMESTAMP, NONCE, BODY

BODY is the bytes as sent; of a GET it is empty, and its line is still there. TIMESTAMP is in Unix seconds
and may differ from our clock by 300. A NONCE counts once.

No answer does not mean it did not happen. Send the same request_no with the same body again: it is never
done twice, and you get the first answer. Each sending is signed afresh.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLOCK_TOLERANCE_SECONDS = 300
RANGE_BYTES = 8 * 1024 * 1024  # as much as one answer holds


class NotFromUnipay(Exception):
    """The signature of an answer or notification is missing, wrong or old: do not act on its body."""


@dataclass(frozen=True)
class Answer:
    """A verified answer. Errors (4xx, 5xx) are answers too: problem+json with a `code` and a `detail`."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class UnipayClient:
    """Signs requests as one partner with one key, and believes only answers signed by Unipay."""

    def __init__(
        self,
        *,
        partner: str,
        key: str,
        private_key: rsa.RSAPrivateKey,
        unipay_public_keys: Sequence[rsa.RSAPublicKey],
        timeout_seconds: float = 30,
    ) -> None:
        self.partner = partner
        self.key = key
        self.private_key = private_key
        self.unipay_public_keys = unipay_public_keys
        self.timeout_seconds = timeout_seconds

    def post(self, url: str, content: Mapping[str, Any]) -> Answer:
        """Send a JSON object; it carries your own request_no."""
        return self.send("POST", url, json.dumps(content, ensure_ascii=False).encode())

    def get(self, url: str) -> Answer:
        return self.send("GET", url)

    def upload(self, base: str, path: Path, **said: Any) -> Answer:
        """Send a file in pieces and return the answer to its completion, or the first one that is no success.

        said: kind, business_date, is_declared_empty, where the file's name does not tell. The same file again goes on
        with the pieces that are missing.
        """
        size, digest = path.stat().st_size, _sha256_of(path)
        # Kept until the file is through, so that a second run goes on with the same upload.
        note = path.with_name(f"{path.name}.upload")
        if not note.exists() or json.loads(note.read_text())["sha256"] != digest:
            note.write_text(json.dumps({"sha256": digest, "request_no": secrets.token_hex(16)}))
        request_no = json.loads(note.read_text())["request_no"]
        announced = {"name": path.name, "size": size, "sha256": digest, **said}
        answer = self.post(f"{base}/api/v1/file-uploads", {"request_no": f"{request_no}-open", **announced})
        if answer.status == http.HTTPStatus.CREATED:
            url = f"{base}/api/v1/file-uploads/{answer.json()['upload_no']}"
            answer = self._put_missing(url, path) or self.post(
                f"{url}/completion", {"request_no": f"{request_no}-done"}
            )
        if answer.status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
            note.unlink()
        return answer

    def _put_missing(self, url: str, path: Path) -> Answer | None:
        """Send the pieces that are missing; return the answer to one that was not taken."""
        while missing := (upload := self.get(url).json())["missing"]:
            for number in missing:
                taken = self._put_piece(url, path, number, upload["piece_size"])
                if taken.status != http.HTTPStatus.OK:
                    return taken
        return None

    def _put_piece(self, url: str, path: Path, number: int, size: int) -> Answer:
        with path.open("rb") as file:
            file.seek(number * size)
            piece = file.read(size)
        return self.send("PUT", f"{url}/pieces/{number}", piece, content_type="application/octet-stream")

    def download(self, base: str, file_no: str, path: Path) -> Answer:
        """Fetch a file of ours in ranges, each proven, and return what we know of it.

        Raises NotFromUnipay when the whole has another SHA-256. What was fetched before is not fetched again.
        """
        url = f"{base}/api/v1/files/{file_no}"
        told = self.get(url)
        if told.status != http.HTTPStatus.OK:
            return told
        part = path.with_name(f"{path.name}.part")
        with part.open("ab") as file:
            while (begin := file.tell()) < told.json()["size"]:
                end = begin + RANGE_BYTES - 1
                fetched = self.send("GET", f"{url}/content", headers={"Range": f"bytes={begin}-{end}"})
                if fetched.status != http.HTTPStatus.PARTIAL_CONTENT:
                    return fetched
                file.write(fetched.body)
        if _sha256_of(part) != told.json()["sha256"]:
            part.unlink()
            raise NotFromUnipay("the file fetched has another SHA-256 than was told")
        part.replace(path)
        return told

    def send(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send the body as it is, signed; return the verified answer, whatever its status.

        Raises ValueError when nothing could be sent, NotFromUnipay for an answer without our signature, OSError
        (URLError, TimeoutError) or http.client.HTTPException when none came whole: the request may still have
        been carried out, so repeat it with the same request_no.
        """
        if not url.isascii():
            raise ValueError("write what is not ASCII in the address as %XX")
        request = urllib.request.Request(url, data=body or None, method=method.upper())
        request.add_header("Authorization", self.authorization(method, url, body))
        request.add_header("Accept", "application/json")
        if body:
            request.add_header("Content-Type", content_type)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        status, headers, content = self._exchange(request)
        try:
            verify_message(headers, content, self.unipay_public_keys)
        except NotFromUnipay as error:
            raise NotFromUnipay(f"{error}; status {status}, body {content[:500]!r}") from None
        return Answer(status, headers, content)

    def authorization(self, method: str, url: str, body: bytes = b"") -> str:
        """Return the Authorization header for one sending of this request."""
        timestamp, nonce = str(int(time.time())), secrets.token_urlsafe(24)
        parts = urllib.parse.urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = f"{method.upper()}\n{target}\n{timestamp}\n{nonce}\n"
        signature = sign(self.private_key, head.encode() + body + b"\n")
        return (
            f'UNIPAY-RSA-SHA256 partner="{self.partner}",key="{self.key}",'
            f'timestamp="{timestamp}",nonce="{nonce}",signature="{signature}"'
        )

    def _exchange(self, request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
        try:
            with _OPENER.open(request, timeout=self.timeout_seconds) as response:
                return response.status, dict(response.headers), response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()


def verify_notification(
    headers: Mapping[str, str],
    body: bytes,
    unipay_public_keys: Sequence[rsa.RSAPublicKey],
    *,
    now: float | None = None,
) -> dict[str, Any]:
    """Return the content of a notification received from Unipay, once its signature is proven.

    Body: the bytes as received, not parsed and written again. Raises NotFromUnipay: answer 401. The same
    event_id may arrive more than once: act on the first, answer 2xx to all. Within one contract, ignore a
    resource_version lower than one already seen.
    """
    verify_message(headers, body, unipay_public_keys, now=now)
    return dict(json.loads(body))


def verify_hand_over(
    form: Mapping[str, str], unipay_public_keys: Sequence[rsa.RSAPublicKey], *, now: float | None = None
) -> dict[str, str]:
    """Return session_no, msisdn, bank_code and return_url of the form a subscriber's browser brought to your page.

    Raises NotFromUnipay. Take a session_no once only.
    """
    fields = {name: form.get(name, "") for name in ("session_no", "msisdn", "bank_code", "return_url")}
    body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {f"Unipay-{name}": form.get(name, "") for name in ("timestamp", "nonce", "signature")}
    verify_message(headers, body, unipay_public_keys, now=now)
    return fields


def verify_message(
    headers: Mapping[str, str],
    body: bytes,
    unipay_public_keys: Sequence[rsa.RSAPublicKey],
    *,
    now: float | None = None,
) -> None:
    """Check the Unipay-Timestamp, Unipay-Nonce and Unipay-Signature headers; raises NotFromUnipay."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        timestamp, nonce = given["unipay-timestamp"], given["unipay-nonce"]
        signature = base64.b64decode(given["unipay-signature"], validate=True)
        age = abs((time.time() if now is None else now) - int(timestamp))
    except KeyError as error:
        raise NotFromUnipay(f"the header {error} is missing") from None
    except ValueError:
        raise NotFromUnipay("the signature headers cannot be read") from None
    if age > CLOCK_TOLERANCE_SECONDS:
        raise NotFromUnipay(f"signed {age:.0f} seconds away from our clock")
    text = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    if not any(_is_signed_with(key, signature, text) for key in unipay_public_keys):
        raise NotFromUnipay("the signature is wrong")


def _is_signed_with(key: rsa.RSAPublicKey, signature: bytes, text: bytes) -> bool:
    try:
        key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sign(private_key: rsa.RSAPrivateKey, text: bytes) -> str:
    return base64.b64encode(private_key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def generate_key_pair(path: Path) -> tuple[Path, Path]:
    """Write PATH.pem (private, readable by you only) and PATH.pub.pem (public); never overwrites."""
    name = str(path).removesuffix(".pem")
    private_path, public_path = Path(f"{name}.pem"), Path(f"{name}.pub.pem")
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with open(os.open(private_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
    with open(public_path, "xb") as file:
        file.write(public)
    return private_path, public_path


def load_private_key(path: str | Path) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} is not an RSA private key")
    return key


def load_public_key(path: str | Path) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(Path(path).read_bytes())
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError(f"{path} is not an RSA public key")
    return key


class _RefuseRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected request would go out with a signature for another address."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


_OPENER = urllib.request.build_opener(_RefuseRedirects)


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["generate-key"]:
        return _generate(given[1:])
    options = _parser().parse_args(given)
    try:
        private_key = load_private_key(options.private_key)
        unipay_public_keys = [load_public_key(path) for path in options.unipay_public_key]
    except (OSError, ValueError) as error:
        print(f"nothing was sent: {error}", file=sys.stderr)
        return 2
    client = UnipayClient(
        partner=options.partner,
        key=options.key,
        private_key=private_key,
        unipay_public_keys=unipay_public_keys,
        timeout_seconds=options.timeout,
    )
    try:
        answer = options.carry_out(client, options)
    except (ValueError, FileNotFoundError) as error:
        print(f"nothing was sent: {error}", file=sys.stderr)
        return 2
    except (NotFromUnipay, http.client.HTTPException, OSError) as error:
        print(f"no trustworthy answer: {error}", file=sys.stderr)
        return 2
    print(f"status {answer.status}, signature verified", file=sys.stderr)
    print(answer.body.decode())
    return 0 if 200 <= answer.status < 300 else 1


def _generate(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="unipay_client.py generate-key")
    parser.add_argument("path", type=Path, help="writes PATH.pem and PATH.pub.pem")
    private_path, public_path = generate_key_pair(parser.parse_args(arguments).path)
    print(f"keep {private_path} to yourself; send us {public_path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Send one signed request to Unipay.",
        epilog="To make a key pair: unipay_client.py generate-key PATH",
    )
    parser.add_argument("--partner", required=True, help="your partner code, e.g. ICBC")
    parser.add_argument("--key", required=True, help="the id of your key, e.g. k1")
    parser.add_argument("--private-key", required=True, type=Path, help="your private key, PEM")
    parser.add_argument(
        "--unipay-public-key",
        required=True,
        action="append",
        type=Path,
        help="our public key, PEM; give it again for its successor",
    )
    parser.add_argument("--timeout", type=float, default=30, help="seconds to wait for an answer")
    commands = parser.add_subparsers(required=True)
    for method in ("GET", "POST"):
        command = commands.add_parser(method, aliases=[method.lower()], help=f"send a {method}")
        command.add_argument("url")
        command.add_argument("body", nargs="?", type=Path, help="file with the JSON body of a POST")
        command.set_defaults(carry_out=_send, method=method)
    upload = commands.add_parser("upload", help="send us a file, in pieces")
    upload.add_argument("base", help="our address, e.g. https://unipay.example")
    upload.add_argument("path", type=Path)
    upload.add_argument("--kind", help="e.g. bank_contract_full, where the file's name does not tell")
    upload.add_argument("--business-date", dest="business_date", help="YYYY-MM-DD, likewise")
    upload.add_argument("--declared-empty", dest="is_declared_empty", action="store_const", const=True)
    upload.set_defaults(carry_out=_upload)
    download = commands.add_parser("download", help="fetch a file of ours")
    download.add_argument("base", help="our address, e.g. https://unipay.example")
    download.add_argument("file_no")
    download.add_argument("path", type=Path)
    download.set_defaults(carry_out=_download)
    return parser


def _send(client: UnipayClient, options: argparse.Namespace) -> Answer:
    return client.send(options.method, options.url, options.body.read_bytes() if options.body else b"")


def _upload(client: UnipayClient, options: argparse.Namespace) -> Answer:
    said = {name: getattr(options, name) for name in ("kind", "business_date", "is_declared_empty")}
    given = {name: value for name, value in said.items() if value is not None}
    return client.upload(options.base.rstrip("/"), options.path, **given)


def _download(client: UnipayClient, options: argparse.Namespace) -> Answer:
    return client.download(options.base.rstrip("/"), options.file_no, options.path)


if __name__ == "__main__":
    sys.exit(main())
