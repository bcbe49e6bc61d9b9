"""The kinds of facts that calls with an Idempotency-Key establish, beside the facts of every call."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.history.facts import Fact, Wrote
from conformance.history.keyed_calls import GeneratingCall, KeyedCall
from conformance.history.observation import Observation
from conformance.history.windows import Standing


@dataclass(slots=True, eq=False)
class GenerationAsked(Fact):
    """A generating call, a decision or a cancel by an organization; `wrote` is the same call as a write."""

    call: GeneratingCall
    wrote: Wrote


@dataclass(slots=True, eq=False)
class KeyUsed(Fact):
    """A generating call with a usable Idempotency-Key, and how the key stood when it was sent."""

    keyed: KeyedCall


@dataclass(slots=True, eq=False)
class KeyedCallSettled(Fact):
    """The same once more, when every call that may have overlapped it is known.

    `standing` is how the container that the call names stood when it was sent.
    """

    keyed: KeyedCall
    standing: Standing | None


@dataclass(slots=True, eq=False)
class KeyNeverAccepted(Fact):
    """At the end of the history: calls with one key and for one thing, of which none was accepted though each was answered."""

    calls: list[GeneratingCall]


@dataclass(slots=True, eq=False)
class RefusedKeyUsed(Fact):
    """A call by an organization with a key that nobody had sent before but callers without a right to what they asked for.

    `refused` is the first of their calls, and `is_same_answer` tells whether both were given the same bytes.
    """

    refused: Observation
    is_same_answer: bool
