"""What the process that every run is forked from has loaded: importing it takes longer than many a run."""

import gc
from importlib import import_module

from conformance.checks.registry import all_checks
from conformance.contract.document import load
from conformance.run.drivers import catalogue

LOADED = (
    "conformance.run.plugin",
    "conformance.run.suite_plugin",
    "conformance.selftest.one",
    # pytest loads these plugins in every run.
    "_hypothesis_pytestplugin",
    "pytest_base_url.plugin",
    "schemathesis.pytest.plugin",
    "xdist.plugin",
)

for name in LOADED:
    import_module(name)
load()
catalogue()
all_checks()
# What is frozen is neither traversed by the collector nor copied between the processes because of it.
gc.freeze()
