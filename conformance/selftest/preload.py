"""What the process has loaded from which every run is forked: importing it takes longer than most runs."""

import gc
from importlib import import_module

from conformance.checks.judge import all_checks
from conformance.contract.document import load
from conformance.run.planning.drivers import catalogue

LOADED = (
    "conformance.run.plugin",
    "conformance.run.suite_plugin",
    "conformance.selftest.pool",
    # pytest loads these plugins in every run.
    "_hypothesis_pytestplugin",
    "pytest_base_url.plugin",
    "xdist.plugin",
)

for name in LOADED:
    import_module(name)
load()
catalogue()
all_checks()
# The collector does not traverse frozen objects, so that their pages stay shared between the processes.
gc.freeze()
