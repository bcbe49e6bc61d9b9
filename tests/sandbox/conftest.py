from collections.abc import Iterator

import pytest
from sandbox_api import Api, sandbox_running


@pytest.fixture(scope="module")
def shared_api() -> Iterator[Api]:
    with sandbox_running() as api:
        yield api


@pytest.fixture
def api() -> Iterator[Api]:
    with sandbox_running() as api:
        yield api
