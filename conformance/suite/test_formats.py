"""Every format, and the generation that fails."""

from __future__ import annotations

import pytest

from conformance.drivers import provokes
from conformance.suite.api import Api
from conformance.suite.stock import Stock


@pytest.mark.parametrize("format", ["slideshow_remix", "auto"])
@provokes(
    "CRE-1", "CRE-6", "CRE-7", "LIF-3", "LIF-4", "AST-2", "AST-5", "IDM-14", "JOB-2", profile="gate", generations=1
)
def test_a_container_of_each_other_format(stock: Stock, format: str) -> None:  # noqa: A002 - the API's own name
    """Create a container of each format but the first one's, under a key that an invalid request has used."""
    stock.other_format(format)


@provokes("LIF-5", "JOB-2", "JOB-4", "JOB-6", profile="gate")
def test_a_generation_that_fails(api: Api, stock: Stock) -> None:
    """Create with the brief that fails, watch it fail, and read it again."""
    made = stock.failed()
    api.read(made.container_id)
    api.job(made.job_id)
