"""Reads settings from the environment so that a wrong value stops the start with one sentence naming its variable."""

import base64
import json
import os
import secrets
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
PRODUCTION_BROKERS = frozenset({"amqp", "amqps", "redis", "rediss", "sentinel"})
LOG_LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})


class Environment(environ.Env):  # type: ignore[misc]
    """django-environ with readers that accept nothing they do not understand. An empty variable counts as absent."""

    def text(self, name: str, *, default: str = "") -> str:
        """Return the variable without surrounding space."""
        return str(self.str(name, default="")).strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no."""
        given = self.text(name).lower()
        if given and given not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} must be 1 or 0, not {given!r}.")
        return given in TRUE if given else default

    def number(self, name: str, *, default: int, least: int = 0, most: int = 2**31) -> int:
        """Return a whole number within its bounds."""
        given = self.text(name, default=str(default))
        if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
            raise ImproperlyConfigured(
                f"{name} must be a whole number from {least} to {most}, not {given!r}."
            )
        return int(given)

    def word(self, name: str, *, default: str, among: Collection[str]) -> str:
        """Return one of the words."""
        given = self.text(name, default=default).upper()
        if given not in among:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(among))}, not {given!r}.")
        return given

    def words(self, name: str, *, default: list[str]) -> list[str]:
        """Return a comma-separated list."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()] or default

    def hosts(self, name: str, *, default: list[str]) -> list[str]:
        """Return a comma-separated list of host names."""
        given = [host.strip() for host in self.text(name).split(",") if host.strip()] or default
        if wrong := next((host for host in given if "/" in host or " " in host), None):
            raise ImproperlyConfigured(f"{name} must be host names separated by commas, not {wrong!r}.")
        return given

    def networks(self, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
        """Return a comma-separated list of addresses and networks."""
        given = [part.strip() for part in self.text(name).split(",") if part.strip()]
        try:
            return tuple(ip_network(part) for part in given)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} must be addresses or networks separated by commas ({error})."
            ) from error

    def web_address(self, name: str, *, default: str) -> str:
        """Return an http or https address without a trailing slash."""
        given = self.text(name, default=default)
        if urlsplit(given).scheme not in ("http", "https") or not urlsplit(given).hostname:
            raise ImproperlyConfigured(f"{name} must be an http or https address, not {given!r}.")
        return given.rstrip("/")

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """Return Django's configuration of a PostgreSQL database; no other will do, and the value is never shown."""
        try:
            config = dict(self.db_url_config(self.text(name, default=default)))
        except (ValueError, KeyError) as error:
            raise ImproperlyConfigured(f"{name} is not a database URL.") from error
        if config.get("ENGINE") != "django.db.backends.postgresql" or not config["NAME"]:
            raise ImproperlyConfigured(f"{name} must be postgresql://user:password@host:port/database.")
        return config

    def cache(self, name: str, *, default: str) -> dict[str, Any]:
        """Return Django's configuration of a cache."""
        try:
            return dict(self.cache_url_config(self.text(name, default=default)))
        except (ValueError, KeyError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} must be a cache URL such as redis://host:6379/1.") from error

    def broker(self, name: str) -> str:
        """Return the URL of RabbitMQ or Redis, or nothing."""
        given = self.text(name)
        if given and urlsplit(given).scheme not in PRODUCTION_BROKERS:
            raise ImproperlyConfigured(f"{name} must be an amqp:// or redis:// URL.")
        return given

    def secret(self, name: str, *, development: Path | None) -> str:
        """Return a secret, which only a development machine may leave to be made for it."""
        given = self.text(name)
        if not given and development is None:
            raise ImproperlyConfigured(f"{name} must be set when DEBUG is off.")
        return given or _development_secrets(development or Path())[name]


def writable_directory(path: Path, name: str) -> Path:
    """Return the directory, made if need be; the variable that named it is at fault when that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: the directory {path} cannot be made ({error.strerror})."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name}: the directory {path} is not writable for this user.")
    return path


def _development_secrets(path: Path) -> dict[str, str]:
    """Secrets of one development machine, made once and kept beside its database."""
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "UNIPAY_ENCRYPTION_KEYS": f"dev1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "UNIPAY_BLIND_INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made, indent=1))
        # Of two processes that start at once, the first one's secrets count for both.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(json.loads(path.read_text()))
