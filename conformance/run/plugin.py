"""The pytest plugin that pytest loads in every project that has the harness installed: its options, and nothing heavy.

The part that runs the suite, `suite_plugin`, is loaded if pytest is asked for the suite.
"""

from __future__ import annotations

from argparse import SUPPRESS

import pytest

from conformance.run.planning.profiles import ORDER

SUITE = "conformance.suite"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a conformance run."""
    group = parser.getgroup("conformance", "conformance of a Layers Partner API")
    group.addoption("--conformance-config", metavar="FILE", help="the target's conformance.toml")
    group.addoption("--conformance-profile", choices=ORDER, help="how deep the run goes (default: gate)")
    group.addoption(
        "--conformance-report-dir", metavar="DIR", help="the folder for the reports (default: reports/<time>)"
    )
    group.addoption(
        "--conformance-only",
        metavar="LIST",
        default="",
        help="requirements, families or their markers, such as LST-4,IDM,creating",
    )
    group.addoption(
        "--conformance-shard", metavar="N/M", default="", help="run the part N of M of the drivers, such as 2/5"
    )
    group.addoption(
        "--conformance-resume", metavar="DIR", help="go on with the run in this folder, which did not come to its end"
    )
    group.addoption(
        "--conformance-seed", type=int, default=0, metavar="N", help="seed of everything random (default: 0)"
    )
    group.addoption(
        "--conformance-strict", action="store_true", help="a failed SHOULD makes the run not conformant too"
    )
    group.addoption(
        "--conformance-known-failures", metavar="FILE", help="the list of failures that are tolerated for a time"
    )
    # `conformance run` alone knows that it has started the target itself, so that no one else is offered this.
    group.addoption("--conformance-embedded-sandbox", action="store_true", help=SUPPRESS)
    group.addoption("--conformance-quiet", action="store_true", help="print no report at the end")
    group.addoption(
        "--conformance-stop-on",
        metavar="LIST",
        default="",
        help="end the run as soon as one of these requirements or families has failed, such as IDM-7,LST",
    )
    group.addoption("--conformance-fail-fast", default="", help=SUPPRESS)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of drivers and, if pytest was asked for the suite, the part that runs it."""
    config.addinivalue_line("markers", "provokes(*requirements, profile): the requirements that a driver provokes")
    if any(SUITE in str(argument).replace("/", ".") for argument in config.args):
        from conformance.run.suite_plugin import register  # noqa: PLC0415 - a foreign project must not pay for the suite

        register(config)
