"""Contract tests and a conformance harness for the content part of the Layers Partner API."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("layers-conformance")
except PackageNotFoundError:  # an unpacked source tree that was never installed
    __version__ = "0+unknown"
