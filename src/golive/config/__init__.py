"""golive.toml: what it may say, reading it, and which host is meant."""

from golive.config.hosts import resolve_host
from golive.config.load import load, looks_secret, parse
from golive.config.schema import json_schema, json_schema_text
from golive.config.settings import (
    FILE_NAME,
    AppSettings,
    HostSettings,
    ProcessSettings,
    ServiceSettings,
    Settings,
)

__all__ = [
    "FILE_NAME",
    "AppSettings",
    "HostSettings",
    "ProcessSettings",
    "ServiceSettings",
    "Settings",
    "json_schema",
    "json_schema_text",
    "load",
    "looks_secret",
    "parse",
    "resolve_host",
]
