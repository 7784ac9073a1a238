"""The project's settings for the bare view: the same database and models, and nothing around the view at all."""

from unipay.settings import *  # noqa: F403
from unipay.settings import DATABASES

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.benchmarks.bare_view"
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
