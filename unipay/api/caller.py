"""Who is calling: a partner, proven by a signature of one of its keys."""

from dataclasses import dataclass
from datetime import datetime

from unipay.partners.models import Partner, PartnerKey


@dataclass(frozen=True)
class Caller:
    """A partner whose signature was proven, with the key and the signature (base64) it came with."""

    partner: Partner
    key: PartnerKey
    signature: str

    @property
    def pk(self) -> str:
        """Return the name under which the request's log lines know the caller."""
        return self.partner.code


@dataclass(frozen=True)
class Call:
    """One request of a partner as a view's effect needs to know it; `request_no` is empty for a GET."""

    partner: Partner
    request_no: str
    now: datetime
    key_id: str
    signature: str
    request_id: str
