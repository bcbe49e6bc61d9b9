"""Variants of the JSON form of values and timestamps."""

import json
from datetime import UTC, datetime

from sandbox.records import Snapshot
from sandbox.rendering import Json, Rendering

VARIANTS = """
json-pretty: JSON is indented and ends with a line feed.
json-escaped: JSON escapes slashes and all that is not ASCII.
json-sorted: JSON members are sorted by name.
json-reversed: JSON members stand in the other order.
timestamps-in-seconds: Timestamps have no fraction.
timestamps-in-microseconds: Timestamps have six digits.
timestamps-in-nanoseconds: Timestamps have nine digits.
timestamps-trimmed: Fractions end at their last digit.
timestamps-with-offset: Timestamps end in +00:00.
timestamps-lower-case: Timestamps have t and z (RFC 3339, 5.6).
timestamps-in-two-forms: Lists and reads write one instant in two ways.
"""


def whole_seconds(moment: int) -> str:
    """Return milliseconds since the epoch as a date and time of day in UTC."""
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _reversed(member) for name, member in reversed(value.items())}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


class JsonPretty(Rendering):
    def encode(self, value: object) -> bytes:
        return (json.dumps(value, ensure_ascii=False, indent=4) + "\n").encode()


class JsonEscaped(Rendering):
    def encode(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=True).replace("/", "\\/").encode()


class JsonSorted(Rendering):
    def encode(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


class JsonReversed(Rendering):
    def encode(self, value: object) -> bytes:
        return super().encode(_reversed(value))


class TimestampsInSeconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}Z"


class TimestampsInMicroseconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}000Z"


class TimestampsInNanoseconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}000000Z"


class TimestampsTrimmed(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}".rstrip("0").rstrip(".") + "Z"


class TimestampsWithOffset(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}+00:00"


class TimestampsLowerCase(Rendering):
    def timestamp(self, moment: int) -> str:
        return super().timestamp(moment).lower()


class TimestampsInTwoForms(Rendering):
    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        return shown | {name: str(shown[name]).replace("Z", "000+00:00") for name in ("createdAt", "updatedAt")}
