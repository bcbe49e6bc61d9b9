"""The options of a run under pytest, or those that a run had which is resumed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.document import Contract
from conformance.exceptions import ConfigurationError
from conformance.reporting.model import KnownFailure
from conformance.run.planning.drivers import parse_selection, selects
from conformance.run.planning.price import Shard
from conformance.run.planning.profiles import DEFAULT, PROFILES, Profile
from conformance.run.resume import record_in
from conformance.run.verdicts.known_failures import read_list


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """The options of a run that decide what it promises and tolerates.

    A failure of a `stop_on` requirement ends the run; `resumed` is the folder of the run that goes on, if one does.
    """

    profile: Profile
    only: tuple[str, ...] = ()
    strict: bool = False
    seed: int = 0
    shard: Shard | None = None
    known: tuple[KnownFailure, ...] = ()
    stop_on: tuple[str, ...] = ()
    resumed: Path | None = None


def options_of(config: pytest.Config, contract: Contract) -> SuiteOptions:
    """Return the options that pytest was given; raises ConfigurationError for those that cannot be used, or not in a run that goes on."""
    option = config.getoption
    if option("conformance_fail_fast"):
        raise ConfigurationError("--conformance-fail-fast is now --conformance-stop-on, which takes families too.")
    names = parse_selection(option("conformance_stop_on"), contract)
    stop_on = tuple(name for name in contract.requirements if names and selects(names, contract, name))
    only, shard = parse_selection(option("conformance_only"), contract), option("conformance_shard")
    listed = option("conformance_known_failures")
    known = tuple(read_list(Path(listed), datetime.now(UTC).date())) if listed else ()
    options = SuiteOptions(
        PROFILES[option("conformance_profile") or DEFAULT],
        only,
        option("conformance_strict"),
        option("conformance_seed"),
        Shard.parse(shard) if shard else None,
        known,
        stop_on,
    )
    if not option("conformance_resume"):
        return options
    folder = Path(option("conformance_resume"))
    if option("numprocesses", None):
        raise ConfigurationError(
            "A run that is resumed goes on in one process, in which its drivers overlap; leave out -n."
        )
    if Path(option("conformance_report_dir") or folder).resolve() != folder.resolve():
        raise ConfigurationError(
            f"A run that is resumed writes its reports into its own folder, {folder}; leave out --report-dir."
        )
    record = record_in(folder)
    number = record.shards.numbers[0] if record.shards else 0
    return SuiteOptions(
        PROFILES[_recorded("profile", option("conformance_profile"), None, record.profile)],
        _recorded("restriction (--only)", options.only, (), tuple(record.only)),
        bool(_recorded("setting of --strict", options.strict, default=False, recorded=record.strict)),
        _recorded("seed", options.seed, 0, record.seed),
        _recorded("shard", options.shard, None, Shard(number, record.shards.of) if record.shards else None),
        known if listed else tuple(record.known_failures),
        stop_on,
        folder,
    )


def _recorded(what: str, value: Any, default: Any, recorded: Any) -> Any:
    if value not in (default, recorded):
        raise ConfigurationError(
            f"The run that is resumed had another {what}; leave that option out, or start a new run."
        )
    return recorded
