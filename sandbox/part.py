"""What every part of the backend has in common."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.backend import Backend


class Part:
    """One replaceable part. It reaches the other parts through `backend`, at the time of the call."""

    def __init__(self, backend: "Backend") -> None:
        self.backend = backend
