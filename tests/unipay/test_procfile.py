import shlex

import pytest
from django.conf import settings
from gunicorn.config import Config
from honcho.environ import parse_procfile


@pytest.mark.parametrize("header", ["SCRIPT_NAME", "PATH_INFO"])
def test_no_header_moves_a_request_to_another_address(header: str) -> None:
    web = parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes["web"]
    options = [word for word in shlex.split(web) if word.startswith("--forwarder-headers")]

    trusted = Config().parser().parse_args(options).forwarder_headers

    assert header not in (Config().forwarder_headers if trusted is None else trusted.split(","))
