"""Contract tests and a conformance harness for the content part of the Layers Partner API."""

from __future__ import annotations

from functools import cache

__version__: str


@cache
def _installed_version() -> str:
    # importlib.metadata takes longer to import than everything else that `conformance --help` needs of this package.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("layers-conformance")
    except PackageNotFoundError:  # an unpacked source tree that was never installed
        return "0+unknown"


def __getattr__(name: str) -> str:
    if name == "__version__":
        return _installed_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
