"""Ids that hold what separates the parts of a URL, or what moves a terminal, change no verdict."""

from __future__ import annotations

from inside import runs

ODD = (
    *("ids-with-separators", "ids-as-paths", "ids-percent-encoded"),
    *("ids-in-other-scripts", "ids-with-controls", "ids-quoted"),
)


def test_a_smoke_run_judges_a_target_alike_whatever_its_ids_hold() -> None:
    plain, *odd = runs({"profile": "smoke", "changes": changes} for changes in ([], *([name] for name in ODD)))
    assert plain["status"] == 0
    story = {name: each["verdicts"] for name, each in zip(ODD, odd, strict=True)}
    assert story == dict.fromkeys(ODD, plain["verdicts"])
