"""Every format, and the generation that fails."""

from __future__ import annotations

from contextlib import suppress
from itertools import product

import pytest

from conformance.drivers import provokes
from conformance.exceptions import NotReached
from conformance.suite.api import Api
from conformance.suite.stock import Stock
from strategies.briefs import FORMATS, TELLING


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


@provokes("CRE-5", "CRE-6", "CRE-8", "LIF-4", profile="certify", generations=len(FORMATS) * len(TELLING))
def test_briefs_of_every_kind_in_every_format(api: Api, stock: Stock) -> None:
    """Create a container of every format with each brief that is easily mangled, and read each in flight and when it has ended."""
    made = []
    for format_, telling in product(FORMATS, TELLING):
        with suppress(NotReached):
            made.append(stock.start_telling(telling, format_))
    for each in made:
        api.settle(each.container_id)
