"""Which numbers go together in one contract? (domain.md A: one primary number and its secondary numbers.)"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from unipay.errors import Fault


def faults(msisdn: str, secondary_msisdns: Sequence[str], *, most: int) -> list[Fault]:
    """Everything wrong with the combination: too many (more than `most`), repeated, or the primary among them."""
    found = []
    if len(secondary_msisdns) > most:
        found.append(
            Fault(
                "secondary_msisdns",
                "too_many",
                _("At most %(most)d secondary numbers are allowed.") % {"most": most},
            )
        )
    seen: set[str] = set()
    for place, number in enumerate(secondary_msisdns):
        if number == msisdn:
            found.append(Fault(f"secondary_msisdns[{place}]", "is_primary", _("This is the primary number.")))
        elif number in seen:
            found.append(Fault(f"secondary_msisdns[{place}]", "repeated", _("The number is listed twice.")))
        seen.add(number)
    return found
