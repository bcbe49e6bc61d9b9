"""The values that a repro script makes anew each time, and those that it takes from answers; a copy stands beside the scripts of a run."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import httpx

Plan = Mapping[str, Any]
"""What to send, in groups that go out together, as `run/evidence/repro.py` writes it into a script."""


class Names:
    """The values of this run: fresh keys and marks, and what answers have given."""

    def __init__(self, plan: Plan) -> None:
        self.values: dict[str, str] = {}
        self.listed: dict[str, list[str]] = {}
        self._table: dict[str, str] = {}
        for alike in ("123456789", "abcdf", "ghijklmnopqrstuvwxyz"):
            self._table |= zip(alike, random.sample(alike, len(alike)), strict=True)
        # What differed in case only, or in one place only, does so again.
        self._table |= {name.upper(): value.upper() for name, value in self._table.items()}
        self._derived = plan["derived"]
        for name, kind, value in plan["fresh"]:
            self.values[name] = str(uuid.uuid4()) if kind == "id" else self._fresh(value, kind)

    def _fresh(self, value: str, kind: str) -> str:
        if kind == "mark":
            return "lcm-" + "".join(random.choices(string.ascii_lowercase + string.digits, k=8)) + "-repro"  # noqa: S311 - no secret
        fixed = {14, 19} if len(value) == len(str(uuid.UUID(int=0))) else set()
        return "".join(each if place in fixed else self._table.get(each, each) for place, each in enumerate(value))

    def filled(self, text: str, written: Callable[[str], str] = str) -> str:
        """Return a text with the values in place of their names."""
        for name, value in self.values.items():
            text = text.replace("{{" + name + "}}", written(value))
        return text

    def take(self, gives: list[list[Any]], response: httpx.Response | None) -> None:
        """Take from an answer what later requests need."""
        for name, where in gives:
            value: Any = None
            if response is not None and where[0] == "header":
                value = response.headers.get(where[1])
            elif response is not None:
                try:
                    value = response.json()
                    for step in where[1:]:
                        value = value[step]
                except (ValueError, KeyError, IndexError, TypeError):
                    value = None
            if isinstance(value, str):
                self.values[name] = value
                self.listed[name] = ids_in(response)
                self.values |= {like: _made_from(value, how) for like, base, how in self._derived if base == name}
            else:
                print(f"  the answer does not hold {'/'.join(map(str, where[1:]))}, which a later request needs")


def by_outcome(
    group: list[dict[str, Any]], answers: Mapping[str, httpx.Response | None]
) -> list[tuple[dict[str, Any], httpx.Response | None]]:
    """Return each step with the answer that it takes from: of calls of one kind at one moment, chance chooses which is accepted."""
    left, pairs = list(group), []
    for step in group:
        alike = [each for each in left if (each["method"], each["url"]) == (step["method"], step["url"])]
        alike.sort(key=lambda each: (_code(answers.get(each["id"])) != step["answered"], each is not step))
        pairs.append((step, answers.get(alike[0]["id"])))
        left.remove(alike[0])
    return pairs


def _code(response: httpx.Response | None) -> int | None:
    return None if response is None else response.status_code


def _made_from(value: str, how: list[Any]) -> str:
    """Return what is made from a given value: in another case, or with other characters in one place."""
    if how[0] != "edit":
        return str(getattr(value, how[0])())
    _, first, last, middle = how
    found = f"{value[:first]}{middle}{value[len(value) - last :]}"
    return found if found != value else f"{value[:first]}{'7' if middle != '7' else '3'}{value[len(value) - last :]}"


def ids_in(response: httpx.Response | None) -> list[str]:
    """Return the ids of the items of a page; none where the answer is no page."""
    try:
        return [item["id"] for item in answer_of(response).get("items", ())]
    except (KeyError, TypeError):
        return []


def answer_of(response: httpx.Response | None) -> dict[str, Any]:
    """Return the object in an answer 2xx; an empty one where there is none."""
    try:
        value = response.json() if response is not None and response.is_success else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
