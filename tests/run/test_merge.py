"""`conformance merge`: shards together say what one run says, and what are no parts of one run is refused in one sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import conformance, sentence
from inside import runs
from whole_runs import Ran, backend, once, run, settings_without

from conformance.client.exchange import KEPT, Exchange, Request, Response, keep, read, to_json
from conformance.client.saved import Saved
from conformance.exceptions import ConfigurationError
from conformance.run.journal import KILLED, MANIFEST, PARTS
from conformance.run.merge import Joined
from conformance.run.verdicts.record import INTERRUPTED
from sandbox.server import describe, running

SHARDS = 2


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all shards of a narrow gate, which one sandbox has answered one after the other."""

    def make(folder: Path) -> Ran:
        folder.mkdir(parents=True)
        served = backend()
        with running(served) as url:
            keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
            for number in range(1, SHARDS + 1):
                (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url)))
                done = run(
                    folder, "--profile", "gate", "--only", "ERR", "--shard", f"{number}/{SHARDS}", environment=keys
                )
                assert done.status == 0, done.out + done.err
                done.folder.rename(folder / f"shard-{number}")
        return done

    return once(tmp_path_factory, "shards", make).folder.parent


def merged(folder: Path, *runs: Path | str) -> Ran:
    done = conformance("merge", *map(str, runs), "--report-dir", "merged", cwd=folder)
    return Ran(done.returncode, folder / "merged", done.stdout, done.stderr)


def refused(folder: Path, *runs: Path | str) -> str:
    done = conformance("merge", *map(str, runs), "--report-dir", "merged", cwd=folder)
    assert done.returncode == 2
    assert not (folder / "merged").exists()
    return sentence(done).replace(f"{folder.resolve()}/", "")


def test_all_shards_say_what_one_run_says(shards: Path, tmp_path: Path) -> None:
    parts = [shards / f"shard-{number}" for number in range(1, SHARDS + 1)]
    done = merged(tmp_path, *parts)
    (whole,) = runs([{"profile": "gate", "only": "ERR", "folder": str(tmp_path)}])
    assert done.verdicts == whole["verdicts"]
    assert (done.status, done.report["scope"]["restriction"]) == (whole["status"], "--only ERR")
    theirs = Ran(0, tmp_path / "report", "", "").report["requirements"]
    assert {name for name, row in done.report["requirements"].items() if row["promised"]} == {
        name for name, row in theirs.items() if row["promised"]
    }
    reports = [json.loads((part / "report.json").read_text()) for part in parts]
    for what in ("generations", "requests"):
        assert done.report["spent"][what] == sum(report["spent"][what] for report in reports)
    ids = [exchange.id for exchange in done.history]
    assert len(ids) == len(set(ids)) == sum(len(list(read(part / KEPT))) for part in parts)
    assert {each.partition("main")[0] for each in ids} == {f"shard{number}" for number in range(1, SHARDS + 1)}
    again = conformance("judge", "merged", cwd=tmp_path)
    assert again.returncode == done.status, "it is a folder as any other"
    assert "tells other verdicts" not in again.stderr


def test_a_shard_says_what_it_is_and_promises_its_own_part(shards: Path) -> None:
    for number in range(1, SHARDS + 1):
        report = json.loads((shards / f"shard-{number}" / "report.json").read_text())
        assert report["scope"]["title"] == f"partial: --shard {number}/{SHARDS}, --only ERR"
        assert report["detection"] is None
        rows = report["requirements"].values()
        assert all(row["verdict"] == "passed" for row in rows if row["promised"])
        reasons = {row["reason"] for row in rows if row["verdict"] == "not exercised"}
        assert not [reason for reason in reasons if "Not every driver" in reason]
    assert "The drivers that provoke it are those of another shard." in reasons


def test_a_missing_shard_is_named(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)
    for number, part in enumerate(parts, start=1):
        changed(part, shards={"numbers": [number], "of": SHARDS + 1})
    done = merged(tmp_path, *parts)
    missing = f"merged without shard {SHARDS + 1}/{SHARDS + 1}"
    assert done.report["scope"]["restriction"] == f"{missing}, --only ERR"
    assert missing in done.out
    assert not done.report["scope"]["complete"]


def test_a_shard_that_ended_early_is_named(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)
    changed(parts[1], stopped="the budget of 9 requests is spent")
    done = merged(tmp_path, *parts)
    assert done.report["stopped"] == f"shard 2/{SHARDS}: the budget of 9 requests is spent"


def test_a_shard_that_was_interrupted_leaves_the_whole_incomplete(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)
    changed(parts[1], stopped=INTERRUPTED)
    done = merged(tmp_path, *parts)
    assert (done.status, done.report["outcome"]) == (130, "incomplete")


def test_what_a_killed_shard_has_left_is_merged_and_the_whole_ended_early(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)
    history = list(read(parts[1] / KEPT))
    killed(parts[1], history[:-1])
    done = merged(tmp_path, *parts)
    assert done.report["stopped"] == f"shard 2/{SHARDS}: {KILLED}"
    assert len(done.history) == len(list(read(parts[0] / KEPT))) + len(history) - 1
    assert f"parts is judged: {len(history) - 1} exchanges." in " ".join(done.err.split())


def test_what_a_shard_met_that_never_began_is_left_out(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)
    changed(parts[1], stopped="in the first contact: it is another server", began=False)
    done = merged(tmp_path, *parts)
    assert done.report["stopped"] == f"shard 2/{SHARDS}: in the first contact: it is another server"
    assert len(done.history) == len(list(read(parts[0] / KEPT)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"profile": "certify"}, "they differ in their profile (gate and certify); merge runs that were made alike."),
        ({"only": ["IDM"]}, "they differ in their restriction (--only) (ERR and IDM)"),
        ({"strict": True}, "they differ in their option --strict (False and True)"),
        ({"seed": 7}, "they differ in their seed (0 and 7)"),
        ({"configured": []}, "they differ in their settings that are given ("),
        ({"shards": None}, "they differ in their number of shards (2 and none)"),
        ({"shards": {"numbers": [2], "of": 5}}, "they differ in their number of shards (2 and 5)"),
        (
            {"shards": {"numbers": [1], "of": 2}},
            "The runs in shard-1 and shard-2 are both shard 1; give each shard once.",
        ),
        (
            {"harness": {"version": "0.0.1", "contractVersion": "1", "contractDigest": "x"}},
            "The run in shard-2 was made by layers-conformance 0.0.1 with the contract 1, which is not the one that is installed",
        ),
    ],
)
def test_what_are_no_parts_of_one_run_is_refused(
    change: dict[str, Any], said: str, shards: Path, tmp_path: Path
) -> None:
    parts = copied(shards, tmp_path)
    changed(parts[1], **change)
    assert said in refused(tmp_path, *parts)


def test_a_run_beside_a_copy_of_itself_is_refused(shards: Path, tmp_path: Path) -> None:
    run = copied(shards, tmp_path)[0]
    changed(run, shards=None)
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    assert "hold one run; give each run once." in refused(tmp_path, run, copy)


def test_another_target_and_an_embedded_one_are_refused(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)
    changed(parts[1], lambda record: record["target"]["target"].update(base_url="http://elsewhere.test"))
    assert "they differ in target.base_url; merge runs of the same target." in refused(tmp_path, *parts)
    changed(parts[1], lambda record: record["target"].update(embeddedSandbox=True))
    assert "The run in shard-2 was on an embedded sandbox of its own" in refused(tmp_path, *parts)


def test_one_run_alone_and_a_folder_that_would_be_lost_are_refused(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)
    assert "There is only one run to merge" in refused(tmp_path, parts[0], parts[0])
    parts[0].rename(tmp_path / "merged")
    done = conformance("merge", "merged", "shard-2", "--report-dir", "merged", cwd=tmp_path)
    assert sentence(done) == "The folder merged is that of a run to merge; give --report-dir another one."


def test_two_ordinary_runs_of_one_target_add_up(shards: Path, tmp_path: Path) -> None:
    parts = copied(shards, tmp_path)[:2]
    for number, part in enumerate(parts):
        changed(part, shards=None, elsewhere=[], seed=number, history=None)
        history = list(read(part / KEPT))
        keep([named(each, f"main-{each.id.partition('-')[2]}") for each in history], part)
    done = merged(tmp_path, *parts)
    assert done.report["scope"]["restriction"] == "--only ERR"
    ids = [exchange.id for exchange in done.history]
    assert len(ids) == len(set(ids))
    assert {each.partition("-")[0] for each in ids} == {"run1", "run2"}
    assert {
        exchange.tags["retry_of"].partition("-")[0] for exchange in done.history if "retry_of" in exchange.tags
    } <= {
        "run1",
        "run2",
    }


def test_clocks_that_differ_are_told(tmp_path: Path) -> None:
    def history(ahead: float) -> Saved:
        answer = Response(200, (("Date", "Fri, 27 Nov 2026 08:00:00 GMT"),))
        at = 1795766400.5 - ahead
        folder = tmp_path / str(ahead)
        folder.mkdir(exist_ok=True)
        keep([Exchange(f"s{ahead}-1", "owner", Request("GET", "http://a.test/"), answer, at, at)], folder)
        return Saved([folder / KEPT])

    alike = Joined({tmp_path / "a": history(0), tmp_path / "b": history(0.9)})
    assert len(list(alike)) == 2
    alike.require_like_clocks()
    unlike = Joined({tmp_path / "a": history(0), tmp_path / "b": history(-4)})
    assert len(list(unlike)) == 2
    with pytest.raises(ConfigurationError, match=r"/a and .*/b differ by about 4 seconds, so that nobody knows"):
        unlike.require_like_clocks()


def named(exchange: Exchange, name: str) -> Exchange:
    return Exchange(**{field: getattr(exchange, field) for field in exchange.__slots__} | {"id": name})


def copied(shards: Path, folder: Path) -> list[Path]:
    parts = [folder / f"shard-{number}" for number in range(1, SHARDS + 1)]
    for part in parts:
        shutil.copytree(shards / part.name, part)
    return parts


def killed(part: Path, exchanges: list[Exchange]) -> None:
    """Leave of a run what one leaves that was killed: its processes' parts alone."""
    changed(part, stopped=KILLED)
    record = json.loads((part / MANIFEST).read_text())
    selected = sorted({name for names in record["promised"].values() for name in names})
    for path in part.iterdir():
        path.unlink()
    parts = part / PARTS
    parts.mkdir()
    (parts / MANIFEST).write_text(json.dumps(record))
    (parts / "shard2main.notes.jsonl").write_text(json.dumps({"kind": "selected", "drivers": selected}) + "\n")
    (parts / "shard2main.history.jsonl").write_text("".join(json.dumps(to_json(each)) + "\n" for each in exchanges))


def changed(part: Path, by: Callable[[dict[str, Any]], object] = lambda _: None, **facts: Any) -> None:
    """Change the manifest of a run."""
    record = json.loads((part / "run.json").read_text())
    by(record)
    (part / "run.json").write_text(json.dumps(record | facts))
