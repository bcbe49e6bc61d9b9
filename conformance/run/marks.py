"""The marks in the hooks of a run, by which what a call made is told from everything else."""


class Marks:
    """Makes the marks of one run: unique across its workers, and not guessable."""

    def __init__(self, run: str, worker: str) -> None:
        self._stem = f"lcm-{run}"
        self._worker = worker
        self._count = 0

    def __next__(self) -> str:
        """Return the next mark."""
        self._count += 1
        return f"{self._stem}-{self._worker}{self._count}"
