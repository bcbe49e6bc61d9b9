import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sandbox

ROOT = Path(sandbox.__file__).parent


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}


def imported_names(source: str) -> set[str]:
    """Return every name that a module imports anywhere: in functions and under TYPE_CHECKING too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import would not be seen here"
            module = str(node.module)
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def import_graph(sources: Mapping[str, str]) -> dict[str, set[str]]:
    return {name: imported_names(source) & sources.keys() for name, source in sources.items()}


def test_imports_have_no_circle() -> None:
    graph = import_graph(SOURCES)
    assert "sandbox.ids" in graph["sandbox.backend"]
    assert set(TopologicalSorter(graph).static_order()) == set(SOURCES)


def test_a_circle_under_type_checking_is_found() -> None:
    sources = {
        "sandbox.part": "if TYPE_CHECKING:\n    from sandbox.backend import Backend",
        "sandbox.backend": "from sandbox import part",
    }
    with pytest.raises(CycleError):
        TopologicalSorter(import_graph(sources)).prepare()


def test_nothing_of_the_harness_is_imported() -> None:
    imported = {name.partition(".")[0] for source in SOURCES.values() for name in imported_names(source)}
    assert "conformance" not in imported
