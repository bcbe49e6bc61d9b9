"""The base class of every part of the backend."""

from typing import Generic, TypeVar

Needs = TypeVar("Needs")


class Part(Generic[Needs]):
    """One replaceable part. It looks up the other parts in `backend` at each call, because they can be replaced.

    `Needs` is a Protocol that names what the part asks of the backend, so that no part has to know the whole backend.
    """

    def __init__(self, backend: Needs) -> None:
        self.backend = backend
