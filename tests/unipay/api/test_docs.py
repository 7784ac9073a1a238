"""What a partner's developer reads works without the internet, and what it says is true."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils.translation import override

from unipay import signatures
from unipay.api import worked_example
from unipay.api.guide import guide
from unipay.partners.models import OwnKey

SIGNATURE = (
    "ZwpZz2LvwUi6TUz+3ydFvFkku31LN5BTtVvH4y9f1riq8F2YCxwANi+u09tIh1zl5vNMW233r2xwnQTN3vTBP0U+WPC3SzNp2EBk6LhBBN0lPc/u"
    "CkGU+jWwk1gcFyT+cMSsV9L12D90p+aFu79aVm2oTkgIltqG18jnYbDqDHUQbuTvpnMUL1BYm2WKr6cbvLPU+1hDqSnRLJzZfEF6Hxm95vW2ZM3x"
    "fzWcKpCWjYgxTDgM1CW+XuDtzEwvr9qJ0QY0pc5qlTxkid87ktlEzW+iEms62+nH9KTR0d1rfD5Z38whA7M84qysrh6g2KgBQr/LMFg+AqQI6mOA"
    "2z+vSA=="
)


SM3 = "-sm3 -sigopt distid:1234567812345678"


def test_the_page_loads_nothing_but_our_own_files() -> None:
    page = Client().get("/api/docs/?lang=en")

    assert page.status_code == 200
    assert "unsafe" not in page["Content-Security-Policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert len(addresses) == 5
    assert all(finders.find(address.removeprefix("/static/")) for address in addresses)
    assert 'data-schema="/api/schema/?lang=en"' in page.content.decode()


def test_the_worked_example_is_signed_as_it_says() -> None:
    credentials = signatures.parse_authorization(worked_example.authorization())

    assert worked_example.signed_text() == (
        "POST\n/api/v1/signings\n1790000000\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n"
        '{"request_no":"20260921-000001","msisdn":"13805710001"}\n'
    )
    assert credentials.signature == SIGNATURE


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_guide_tells_everything_in_both_languages(language: str) -> None:
    with override(language):
        text = guide()

    assert not re.search(r"\$(base|sandbox|text|header|errors|outbound|chapters|hand_over|shell)", text)
    assert f'signature="{SIGNATURE}"' in text
    assert "    1790000000⏎\n" in text
    assert "| `nonce_replayed` | 401 | FINAL_FAILURE |" in text
    assert "`public_key_unreadable`" not in text


BODY = '{"request_no":"R-1","name":"Bank of Foshan"}'


def run(script: str, folder: Path) -> str:
    done = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("method", "path", "body"), [("GET", "/api/v1/requests/hello", ""), ("POST", "/x?a=b", BODY)]
)
@pytest.mark.parametrize(("algorithm", "digest"), [("RSA-SHA256", "-sha256"), ("SM2-SM3", SM3)])
def test_the_shell_commands_make_a_signature_that_counts(
    tmp_path: Path, method: str, path: str, body: str, algorithm: str, digest: str
) -> None:
    pair = signatures.generate(algorithm)
    (tmp_path / "mybank.pem").write_text(pair.private_pem)
    commands = worked_example.SHELL.partition("curl")[0].replace("-sha256", digest)
    begin = "method=GET path=/api/v1/requests/hello body="

    claims = run(
        commands.replace(begin, f"method={method} path={path} body='{body}'") + 'printf %s "$claims"',
        tmp_path,
    )

    credentials = signatures.parse_authorization(f"UNIPAY-{algorithm} {claims}")
    text = signatures.request_text(method, path, credentials.timestamp, credentials.nonce, body.encode())
    assert begin in commands
    assert signatures.verify(pair.public_pem, algorithm, text, credentials.signature)


@pytest.mark.parametrize(("algorithm", "digest"), [("RSA-SHA256", "-sha256"), ("SM2-SM3", SM3)])
def test_the_shell_commands_check_our_signature(tmp_path: Path, algorithm: str, digest: str) -> None:
    pair = signatures.generate(algorithm)
    signature = signatures.sign(
        pair.private_pem, algorithm, signatures.answer_text("1790000000", "n" * 16, b"{}")
    )
    (tmp_path / "unipay.pub.pem").write_text(pair.public_pem)
    (tmp_path / "answer").write_text("{}")
    (tmp_path / "head").write_text(
        f"HTTP/1.1 200 OK\r\nunipay-timestamp: 1790000000\r\nUnipay-Nonce: {'n' * 16}\r\n"
        f"Unipay-Key: u1\r\nUnipay-Signature: {signature}\r\n\r\n"
    )
    commands = worked_example.SHELL_CHECK.replace(
        "openssl dgst -sha256 -verify", f"openssl dgst {digest} -verify"
    )

    said = run(commands.replace("curl", "echo curl"), tmp_path)

    assert "/api/docs/public-keys/u1.pem" in said
    assert signatures.fingerprint(pair.public_pem) in said
    assert said.endswith("Verified OK\n")


@pytest.mark.django_db
def test_every_code_has_its_place_where_problems_point_to(settings: Any) -> None:
    settings.UNIPAY_PUBLIC_URL = "http://testserver"
    problem = Client().get("/api/v1/all-banks").json()

    page, _hash, anchor = problem["type"].removeprefix("http://testserver").partition("#")

    assert f'id="{anchor}"' in Client().get(page).content.decode()


def test_the_client_in_one_file_can_be_downloaded() -> None:
    response = Client().get("/api/docs/unipay_client.py")

    content = b"".join(response.streaming_content)
    compile(content, "unipay_client.py", "exec")
    assert response["Content-Type"] == "text/x-python; charset=utf-8"


@pytest.mark.django_db
def test_our_public_keys_are_published_with_their_fingerprints() -> None:
    keys = Client().get("/api/docs/public-keys").json()["keys"]

    assert sorted(key["algorithm"] for key in keys) == ["RSA-SHA256", "SM2-SM3"]
    for key in keys:
        stored = OwnKey.objects.get(key_id=key["key_id"])
        assert key["fingerprint"] == signatures.fingerprint(stored.public_key)
        pem = Client().get(f"/api/docs/public-keys/{key['key_id']}.pem")
        assert pem.content.decode() == key["public_key"] == stored.public_key
        assert b"PRIVATE" not in pem.content


@pytest.mark.django_db
def test_a_key_we_never_had_is_a_problem() -> None:
    response = Client().get("/api/docs/public-keys/none.pem")

    assert (response.status_code, response.json()["code"]) == (404, "path_unknown")


@pytest.mark.django_db
def test_the_documentation_is_only_read() -> None:
    response = Client().post("/api/docs/")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
