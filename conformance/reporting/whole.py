"""Files that are there whole or not at all, since whoever reads one cannot tell a beginning from a report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; at the end of the block, what was written takes the place of `path`, unless the block raised."""
    unfinished = path.with_name(f"unfinished-{path.name}")
    try:
        yield unfinished
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.replace(path)
