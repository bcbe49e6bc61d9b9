"""The reports of an earlier run are never taken for those of one that came to none."""

from __future__ import annotations

from pathlib import Path

from whole_runs import backend, run, run_against

from conformance.reporting import FORMS

SHORT = ("--profile", "smoke", "--only", "CRE-1")


def test_a_run_that_reaches_no_target_leaves_no_green_of_an_earlier_one(tmp_path: Path) -> None:
    earlier = run_against(backend(), tmp_path, *SHORT)
    assert earlier.status == 0, earlier.out + earlier.err
    # Nothing serves there any more.
    gone = run(tmp_path, *SHORT, environment={"LAYERS_API_KEY": "key", "LAYERS_OTHER_KEY": "other"})
    assert gone.status == 2, gone.out + gone.err
    assert not [name for name in FORMS.values() if (gone.folder / name).exists()]
    assert [path.name for path in earlier.folder.iterdir() if "history.jsonl" in path.name]
