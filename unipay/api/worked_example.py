"""One request signed step by step with a published key: what the guide shows and a partner's program can be held to."""

from pathlib import Path

from unipay import signatures

EXAMPLES = Path(__file__).parent / "examples"
EXAMPLE_KEY = EXAMPLES / "example.pem"

METHOD = "POST"
TARGET = "/api/v1/signings"
TIMESTAMP = 1790000000
NONCE = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
BODY = '{"request_no":"20260921-000001","msisdn":"13805710001"}'

SHELL = r"""
method=GET path=/api/v1/requests/hello body=
timestamp=$(date +%s) nonce=$(openssl rand -hex 16)
signature=$(printf '%s\n' "$method" "$path" "$timestamp" "$nonce" "$body" |
  openssl dgst -sha256 -sign mybank.pem | openssl base64 -A)
claims="partner=\"ICBC\",key=\"k1\",timestamp=\"$timestamp\",nonce=\"$nonce\",signature=\"$signature\""
curl -sS -D head -o answer -X "$method" "BASE$path" -H "Authorization: UNIPAY-RSA-SHA256 $claims" \
  ${body:+-H "Content-Type: application/json" --data-raw "$body"}
cat head answer; echo
"""

SHELL_CHECK = r"""
header() { grep -i "^$1:" head | tr -d '\r' | cut -d ' ' -f 2; }
curl -sS -o unipay.pub.pem "BASE/api/docs/public-keys/$(header Unipay-Key).pem"
openssl pkey -pubin -in unipay.pub.pem -outform DER | openssl dgst -sha256
header Unipay-Signature | openssl base64 -d -A > signature
{ printf '%s\n' "$(header Unipay-Timestamp)" "$(header Unipay-Nonce)"; cat answer; echo; } |
  openssl dgst -sha256 -verify unipay.pub.pem -signature signature
"""


def signed_text() -> str:
    """Return the text the example's signature covers."""
    return signatures.request_text(METHOD, TARGET, TIMESTAMP, NONCE, BODY.encode()).decode()


def authorization() -> str:
    """Return the example's Authorization header."""
    signature = signatures.sign(EXAMPLE_KEY.read_text(), "RSA-SHA256", signed_text().encode())
    credentials = signatures.Credentials(
        algorithm=signatures.Algorithm.RSA_SHA256,
        partner="ICBC",
        key="k1",
        timestamp=TIMESTAMP,
        nonce=NONCE,
        signature=signature,
    )
    return signatures.format_authorization(credentials)
