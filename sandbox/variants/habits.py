"""What a backend does by habit: when it says that something was updated, and how exactly."""

from __future__ import annotations

from sandbox.change import Variant
from sandbox.generation import Generation
from sandbox.records import Container, Job
from sandbox.rendering import Rendering
from sandbox.variants.encoding import whole_seconds
from sandbox.variants.mixing import mixed_in, together


class _ViewsCount(Generation):
    """A container is updated whenever somebody looks at it."""

    def updated_at(self, container: Container, job: Job, now: int) -> int:
        return max(now, super().updated_at(container, job, now))


class _PaddedSeconds(Rendering):
    """Timestamps are kept in seconds, and written with three digits for all that."""

    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.000Z"


VARIANTS: tuple[Variant, ...] = (
    Variant("views-count-as-updates", "Every read moves updatedAt.", mixed_in("generation", _ViewsCount)),
    Variant(
        "views-count-as-updates-in-seconds",
        "Every read moves updatedAt, which is kept in seconds and written as .000Z.",
        together(mixed_in("generation", _ViewsCount), mixed_in("rendering", _PaddedSeconds)),
    ),
)
