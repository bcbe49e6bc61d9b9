"""The mutants of the sandbox: mutmut's changes of its code, each in one place, and a sample of them."""

from __future__ import annotations

import difflib
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mutmut.mutation.file_mutation import create_mutations

ROOT = Path(__file__).parent.parent
LEFT_OUT = frozenset({"__init__", "__main__", "change", "command", "server", "settings"})
"""The modules that start and configure a sandbox, and answer no request."""
SEED = 15


@dataclass(frozen=True)
class Mutant:
    """A change of one module in one place; its name stays as long as the function around it does."""

    name: str
    path: Path
    tree: Any
    mutation: Any

    @property
    def module(self) -> str:
        """The name of the module that is changed."""
        return f"sandbox.{self.path.stem}"

    @cached_property
    def code(self) -> str:
        """The text of the changed module."""
        code: str = self.tree.deep_replace(self.mutation.original_node, self.mutation.mutated_node).code
        return code

    @property
    def change(self) -> tuple[str, str]:
        """The lines that are changed, before and after."""
        before, after = self.path.read_text(encoding="utf-8").splitlines(), self.code.splitlines()
        lines = [line for line in difflib.unified_diff(before, after, n=0) if not line.startswith(("---", "+++", "@@"))]
        return _joined(lines, "-"), _joined(lines, "+")


def _joined(lines: Iterable[str], sign: str) -> str:
    return " ".join(line[1:].strip() for line in lines if line.startswith(sign))


def of_module(path: Path) -> Iterator[Mutant]:
    """Yield the mutants of a module in the order of its code."""
    tree, mutations, _, _ = create_mutations(str(path), path.read_text(encoding="utf-8"))
    count: Counter[str] = Counter()
    for mutation in mutations:
        function = getattr(getattr(mutation.contained_by_top_level_function, "name", None), "value", "module")
        place = f"{path.stem}.{function}"
        count[place] += 1
        yield Mutant(f"{place}/{count[place]}", path, tree, mutation)


def every() -> list[Mutant]:
    """Return all mutants of the sandbox."""
    paths = sorted(path for path in (ROOT / "sandbox").glob("*.py") if path.stem not in LEFT_OUT)
    return [mutant for path in paths for mutant in of_module(path)]


def sample(mutants: Sequence[Mutant], size: int, seed: int = SEED) -> list[Mutant]:
    """Return so many mutants in an order by chance; a larger sample begins with the smaller one."""
    ordered = list(mutants)
    random.Random(seed).shuffle(ordered)  # noqa: S311 - chosen by chance, and no secret
    return ordered[:size]
