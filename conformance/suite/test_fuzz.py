"""Schemathesis' data, sent through our door: positive and negative examples of every operation, and its coverage phase.

Its own checks are left aside, since some of them send requests of their own; our checks judge this traffic like any other.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis.core.transport import Response as _Response  # noqa: F401 - fails early where the private layout moved

from conformance.contract import load
from conformance.drivers import provokes
