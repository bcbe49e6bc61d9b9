"""What every part of the backend has in common."""

from typing import Generic, TypeVar

Needs = TypeVar("Needs")


class Part(Generic[Needs]):
    """One replaceable part. It reaches the other parts through `backend`, at the time of the call.

    `Needs` is a Protocol that names what the part asks of the backend, so that no part has to know the whole backend.
    """

    def __init__(self, backend: Needs) -> None:
        self.backend = backend
