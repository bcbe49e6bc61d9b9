"""Neither the way to a target nor what its ids hold (separators of a URL, sequences that move a terminal) changes a verdict."""

from __future__ import annotations

from inside import runs
from whole_runs import Ran

ODD = (
    *("ids-with-separators", "ids-as-paths", "ids-percent-encoded"),
    *("ids-in-other-scripts", "ids-with-controls", "ids-quoted"),
)


def test_a_smoke_run_judges_a_target_alike_in_process_and_over_http_and_whatever_its_ids_hold(smoke: Ran) -> None:
    plain, *odd = runs({"profile": "smoke", "changes": changes} for changes in ([], *([name] for name in ODD)))
    assert (plain["status"], plain["verdicts"], plain["generations"]) == (0, smoke.verdicts, 1)
    story = {name: each["verdicts"] for name, each in zip(ODD, odd, strict=True)}
    assert story == dict.fromkeys(ODD, plain["verdicts"])
