"""A partner's name as it is kept with what people propose about it: a list of proposals then asks for no partners."""

from typing import Any

from django.utils.translation import get_language

from unipay.partners.models import Partner


def named(partner: Partner) -> dict[str, str]:
    """Return the partner's code and names, to be kept as JSON."""
    return {"code": partner.code, "name": partner.name, "name_en": partner.name_en}


def title_of(kept: Any) -> str:
    """Return the name in the language of the moment, the code where nothing else was kept."""
    if not isinstance(kept, dict):
        return str(kept)
    is_english = (get_language() or "").startswith("en")
    return str(kept["name_en"] if is_english and kept["name_en"] else kept["name"])
