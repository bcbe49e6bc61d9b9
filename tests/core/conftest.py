"""Lets the tests of this folder tell histories as the tests of the checks do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "checks"))
