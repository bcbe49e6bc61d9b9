"""Faults of a kind that mutants of the sandbox had shown no driver to bring about, or no check to mind."""

from typing import NoReturn

from sandbox.backend import Backend
from sandbox.change import Fault
from sandbox.errors import conflict
from sandbox.faults.idempotency_keys import Sharing, Slot
from sandbox.faults.parts import using
from sandbox.faults.replacing import before
from sandbox.operations import Call

LONGEST_TARGET = 16 * 1024


class _RejectOfAnother(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "rejectContent"


def _refused(_call: Call, _backend: Backend) -> NoReturn:
    raise conflict("The project is archived.")


FAULTS: tuple[Fault, ...] = (
    Fault(
        "reject-answers-for-another-container",
        "REJ-2",
        "deep",
        "A reject under a key and a body that another container's reject had is answered as that one was.",
        using(_RejectOfAnother),
    ),
    Fault(
        "lists-refused-as-archived",
        "LST-1",
        "stateful",
        "Every list answers 409, as if its project were archived.",
        before("list_content", _refused),
    ),
)
