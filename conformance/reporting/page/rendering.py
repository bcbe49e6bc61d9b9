"""How pages are written: templates that escape what they are given, and a policy under which a browser loads nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from conformance.reporting.text import printable

_PACKAGE = "conformance.reporting.page"


def file(name: str) -> str:
    """Return a style or a script of ours, which a page holds as it is."""
    return files(_PACKAGE).joinpath("templates", name).read_text("utf-8")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of all templates."""
    made = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["printable"] = printable
    return made


def policy(style: str, script: str | None = None) -> str:
    """Return a Content-Security-Policy under which the browser loads nothing, and runs no script but the one given."""
    runs = f"'{_digest(script)}'" if script is not None else "'none'"
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src {runs}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
