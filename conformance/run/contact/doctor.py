"""Whether each setting of a target works, as far as the target tells without a generation; nothing is written or changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from conformance.client.actors import ANONYMOUS, HARNESS, OTHER, OWNER
from conformance.client.answers import answer_of, items_of, status_of
from conformance.client.budget import Budget, Limits
from conformance.client.exchange import Exchange, Recorder
from conformance.client.session import Session
from conformance.client.skew import ahead_of_ours
from conformance.contract.document import Contract
from conformance.exceptions import NotReached, RunStopped, TargetError
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import Marks
from conformance.run.contact.probes import (
    IN_WORDS,
    PROBED,
    PROJECT_PROBES,
    OperationFound,
    ProjectProbe,
    approvals_of,
    contradiction,
    probe_operation,
    review_shown,
)
from conformance.run.contact.trouble import LONGEST_LOOK, Suspect, Trouble, trouble_of
from conformance.run.planning.plan import plan_run
from conformance.run.planning.profiles import PROFILES
from conformance.run.process import session_for
from conformance.run.settings.loading import no_key
from conformance.run.settings.target import Target, reason_of_unmet, short_keys

LIMITS = Limits(generations=0, requests=100, seconds=120)
"""What an examination may spend."""
NEEDS_TLS = {"ca_bundle", "client_cert", "client_key", "client_key_password_env"}
"""The settings of the way that mean something in TLS only."""
LARGE_SKEW = 5.0
"""Seconds from which on two clocks are worth a word."""
PAGE = 200
"""Items of the page that is asked for."""
UNTOLD = "cannot be told without a generation"


class State(StrEnum):
    """What is known of a setting: it works, it does not, the target does not tell, or it is not given."""

    WORKS = "works"
    FAILS = "does not work"
    OPEN = "cannot be told"
    MISSING = "not given"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found of a setting or of something else that matters to a run.

    `problem` is the sentence on what does not work. `requirements` are those that only it makes possible: for a setting that is missing,
    what naming it would add.
    """

    subject: str
    state: State
    found: str
    problem: str | None = None
    requirements: tuple[str, ...] = ()


def examine(target: Target, contract: Contract) -> list[Diagnosis]:
    """Return what is known of each setting; raises TargetError where the target asks to wait for too long."""
    try:
        with _opened(target, contract) as api:
            return [_redacted(found, api.session) for found in _Examination(target, contract, api).diagnoses()]
    except (NotReached, RunStopped) as reason:
        raise TargetError(f"The target could not be examined to the end, since {reason}; try again later.") from None


def _redacted(found: Diagnosis, session: Session) -> Diagnosis:
    """Return a diagnosis without the keys that an answer may have put into it."""
    return replace(
        found, found=session.redacted(found.found), problem=found.problem and session.redacted(found.problem)
    )


@contextmanager
def _opened(target: Target, contract: Contract) -> Iterator[Api]:
    """Open a session with a budget of no generation, and with nothing kept of what goes through it."""
    budget, recorder = Budget(Path(":memory:"), LIMITS), Recorder(Path(os.devnull))
    session = session_for(target, contract, budget, recorder, lambda _: None, name="doctor")
    try:
        yield Api(session, target, contract, Marks("doctor", "main"))
    finally:
        session.close()
        recorder.close()
        budget.close()


class _Examination:
    """One examination; `reached` and `admitted` hold what the first look at the target has shown."""

    def __init__(self, target: Target, contract: Contract, api: Api) -> None:
        self.target, self.contract, self.api = target, contract, api
        self.settings = target.target
        missing = plan_run(PROFILES["certify"], (), target).out_of_reach
        self.out_of_reach = {row.setting: row.requirements for row in missing}
        self.reached = self.admitted = False

    def diagnoses(self) -> Iterator[Diagnosis]:
        """Yield what is found, in the order in which a user can mend it."""
        has_key = self.target.key("owner") is not None
        plain, *more, other = PROJECT_PROBES
        first = plain.send(self.api, PAGE, actor=OWNER if has_key else ANONYMOUS, within=LONGEST_LOOK)
        trouble = plain.trouble(self.api, first)
        suspect = trouble.suspect if trouble else None
        self.reached = suspect is not Suspect.BASE_URL
        self.admitted = self.reached and has_key and suspect is not Suspect.KEY
        yield self._base_url(trouble)
        yield from self._way()
        yield self._owner_key(trouble, has_key=has_key)
        yield self._project(plain, first) if self.admitted else _not_looked_at(plain.subject)
        for probe in more:
            yield self._look(probe, is_able=self.admitted)
        yield self._other_key(plain)
        yield self._look(other, is_able=self.reached and self.target.key("other") is not None)
        yield from self._fixtures()
        yield self._test_clock()
        yield from self._taken_as_given()
        yield clock_skew(first)
        yield from self._operations(first)

    def _look(self, probe: ProjectProbe, *, is_able: bool) -> Diagnosis:
        if not probe.project(self.target):
            return self._missing(probe.subject)
        if not is_able:
            return _not_looked_at(probe.subject)
        return self._project(probe, probe.send(self.api, PAGE, within=LONGEST_LOOK))

    def _base_url(self, trouble: Trouble | None) -> Diagnosis:
        if trouble and not self.reached:
            return Diagnosis("target.base_url", State.FAILS, "no Layers API answers there", trouble.sentence)
        return Diagnosis("target.base_url", State.WORKS, "the API answers")

    def _way(self) -> Iterator[Diagnosis]:
        """Yield the settings of the way to the target: they work together, or the target is not reached."""
        network = self.target.network
        found = {
            "proxy": f"the target is reached through {network.proxy}",
            "proxy_auth_env": f"the login in {network.proxy_auth_env} is accepted",
            "ca_bundle": "the certificate of the target is trusted by it",
            "client_cert": "the target accepts it, or asks for none",
            "client_key": "it belongs to network.client_cert",
            "client_key_password_env": f"the password in {network.client_key_password_env} opens the key",
            "headers": ", ".join(f"{name} from {variable}" for name, variable in network.headers.items()),
            "connect_timeout": f"{network.connect_timeout:g} seconds",
            "read_timeout": f"{network.read_timeout or 0:g} seconds",
        }
        is_in_tls = self.target.base_url.lower().startswith("https")
        for name in sorted(network.model_fields_set):
            subject = f"network.{name}"
            if name == "verify":
                says = "certificates are checked" if network.verify else "no certificate is checked"
                yield Diagnosis(subject, State.WORKS if network.verify else State.OPEN, says)
            elif getattr(network, name) is None:
                continue
            elif name in NEEDS_TLS and not is_in_tls:
                yield Diagnosis(subject, State.OPEN, "not used, since target.base_url begins with http://")
            else:
                yield Diagnosis(subject, State.WORKS, found[name]) if self.reached else _not_looked_at(subject)

    def _owner_key(self, trouble: Trouble | None, *, has_key: bool) -> Diagnosis:
        subject, name = "target.api_key_env", self.settings.api_key_env
        if not has_key:
            return Diagnosis(subject, State.FAILS, f"{name} is not set", no_key(name))
        if not self.reached:
            return _not_looked_at(subject)
        if trouble and not self.admitted:
            return Diagnosis(subject, State.FAILS, f"the key in {name} is refused", trouble.sentence)
        found = f"the key in {name} is accepted" + (f"; {short[0]}" if (short := short_keys(self.target)) else "")
        return Diagnosis(subject, State.WORKS, found)

    def _missing(self, subject: str) -> Diagnosis:
        return Diagnosis(subject, State.MISSING, "not given", requirements=self.out_of_reach.get(subject, ()))

    def _project(self, probe: ProjectProbe, exchange: Exchange) -> Diagnosis:
        subject, code = probe.subject, status_of(exchange)
        trouble = probe.trouble(self.api, exchange)
        found = f"its list answers {code}" if code else "no answer"
        if code in probe.ended and isinstance(answer_of(exchange).get("error"), dict):
            sentence = (
                f"The target answers the list of the project in {subject} with {code}, as it may if there is none, or none that is not "
                "yet archived; give the id of another project that the run may archive."
            )
            return Diagnosis(subject, State.FAILS, found, sentence)
        if trouble:
            return Diagnosis(subject, State.FAILS, found, trouble.sentence)
        if code != 200:
            sentence = (
                f"The target answers the list of the project in {subject} with {code} instead of 200; see its logs."
            )
            return Diagnosis(subject, State.FAILS, found, sentence)
        return Diagnosis(subject, State.WORKS, "found") if probe.reviews is None else self._policy(probe, exchange)

    def _policy(self, probe: ProjectProbe, page: Exchange) -> Diagnosis:
        setting, subject, items = probe.setting, probe.subject, items_of(page)
        approvals = approvals_of(items)
        sentence = contradiction(self.api, setting, items)
        shown = ", ".join(f"{count} {approval}" for approval, count in sorted(approvals.items()))
        if sentence:
            return Diagnosis(subject, State.FAILS, f"found, but of another policy ({shown})", sentence)
        if not approvals:
            return Diagnosis(subject, State.WORKS, f"found; its policy {UNTOLD}, since nothing in it has completed")
        if probe.reviews is not None and review_shown(approvals) is probe.reviews:
            return Diagnosis(subject, State.WORKS, f"found; its policy {IN_WORDS[probe.reviews]} ({shown})")
        return Diagnosis(subject, State.WORKS, f"found; its policy {UNTOLD} ({shown})")

    def _other_key(self, plain: ProjectProbe) -> Diagnosis:
        subject, name = "target.other_api_key_env", self.settings.other_api_key_env
        if not name:
            return self._missing(subject)
        if self.target.key("other") is None:
            sentence = reason_of_unmet("other_key", self.target.public_facts())
            return Diagnosis(subject, State.FAILS, f"{name} is not set", sentence, self.out_of_reach.get(subject, ()))
        if not self.reached:
            return _not_looked_at(subject)
        exchange = plain.send(self.api, PAGE, actor=OTHER, within=LONGEST_LOOK)
        code = status_of(exchange)
        if code == 401:
            trouble = trouble_of(self.api, exchange, self.target, plain.subject, name)
            return Diagnosis(subject, State.FAILS, f"the key in {name} is refused", trouble and trouble.sentence)
        if code == 200 and self.settings.other_project_id == self.settings.project_id:
            shown = f"the key in {name} reads a project of the same id, as target.other_project_id says"
            return Diagnosis(subject, State.OPEN, shown)
        if code == 200 and self.admitted:
            sentence = (
                f"The key in the variable {name} reads the project in target.project_id, as a key of the same organization does; "
                "export a key of another organization."
            )
            return Diagnosis(subject, State.FAILS, f"the key in {name} reads target.project_id", sentence)
        if code in {403, 404}:
            return Diagnosis(subject, State.WORKS, f"the key in {name} is accepted, and kept out of target.project_id")
        return Diagnosis(subject, State.OPEN, f"a look at target.project_id answers {code or 'nothing'}")

    def _fixtures(self) -> Iterator[Diagnosis]:
        for name, value in self.target.fixtures:
            subject = f"fixtures.{name}"
            if not value:
                yield self._missing(subject)
            elif name == "failing_brief" and self._is_invalid(value):
                sentence = (
                    f"The brief in {subject} breaks the schema of a create, so that it would be refused and not fail; "
                    "give one that is valid and whose generation fails."
                )
                yield Diagnosis(subject, State.FAILS, "it breaks the schema of a create", sentence)
            else:
                yield Diagnosis(subject, State.OPEN, UNTOLD)

    def _is_invalid(self, brief: object) -> bool:
        schema = self.contract.operations["createContent"].request_schema
        body = {"format": "video_remix", "brief": brief}
        return schema is not None and any(True for _ in schema.breaches(body))

    def _test_clock(self) -> Diagnosis:
        subject, url = "hooks.clock_url", self.target.hooks.clock_url
        if url is None:
            return self._missing(subject)
        if not self.reached:
            return _not_looked_at(subject)
        call = self.api.call("POST", url, {"advanceSeconds": 0}, actor=HARNESS, within=LONGEST_LOOK, once=True)
        try:
            exchange = self.api.send(call)
        except NotReached as reason:
            return Diagnosis(subject, State.FAILS, "no valid URL", f"The setting {subject} cannot be used: {reason}.")
        code = status_of(exchange)
        if code is not None and 200 <= code < 300:
            return Diagnosis(subject, State.WORKS, "it takes an advance of 0 seconds")
        if code in {400, 409, 422}:
            # A clock may refuse to be moved by nothing.
            return Diagnosis(subject, State.OPEN, f"it answers an advance of 0 seconds with {code}")
        answer = f"with {code}" if code else f"not at all ({exchange.failure})"
        sentence = (
            f"The test clock at {subject} answers an advance of 0 seconds {answer}; give the URL of one that takes it."
        )
        return Diagnosis(subject, State.FAILS, f"it answers {code or 'nothing'}", sentence)

    def _taken_as_given(self) -> Iterator[Diagnosis]:
        """Yield what is no matter of the target: its pace and budget; and its dialect, which only a clone shows."""
        for table in ("dialect", "timing", "budget"):
            values = getattr(self.target, table)
            for name in sorted(values.model_fields_set):
                value, subject = getattr(values, name), f"{table}.{name}"
                if table == "dialect":
                    yield Diagnosis(subject, State.OPEN, f"{value}; {UNTOLD}")
                elif value is not None:
                    yield Diagnosis(subject, State.WORKS, f"{value:g}{' seconds' if table == 'timing' else ''}")

    def _operations(self, first: Exchange) -> Iterator[Diagnosis]:
        if not self.admitted:
            return
        like = next((item["id"] for item in items_of(first) if isinstance(item.get("id"), str)), None)
        for name in PROBED:
            operation = self.contract.operations[name]
            needing = tuple(
                requirement.id
                for requirement in self.contract.requirements.values()
                if operation.capability in requirement.needs
            )
            yield _of_operation(name, probe_operation(self.api, operation, like), needing)


def _of_operation(name: str, found: OperationFound, needing: tuple[str, ...]) -> Diagnosis:
    match found.there:
        case True:
            return Diagnosis(name, State.WORKS, "the operation is there")
        case False:
            return Diagnosis(name, State.MISSING, f"probably not there ({found.answered})", requirements=needing)
        case None:
            return Diagnosis(name, State.OPEN, f"{UNTOLD} ({found.answered} for an unknown id)")


def _not_looked_at(subject: str) -> Diagnosis:
    return Diagnosis(subject, State.OPEN, "not looked at (see above)")


def clock_skew(exchange: Exchange) -> Diagnosis:
    """Compare the target's clock with ours."""
    subject, ahead = "clock of the target", ahead_of_ours(exchange)
    if ahead is None:
        return Diagnosis(subject, State.OPEN, "no answer has a valid header Date")
    if abs(ahead) < LARGE_SKEW:
        return Diagnosis(subject, State.WORKS, f"agrees with ours within {LARGE_SKEW:g} s")
    return Diagnosis(subject, State.OPEN, f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} ours")
