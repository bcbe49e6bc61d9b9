"""Variants of the JSON form of values and timestamps."""

import json
from datetime import UTC, datetime

from sandbox.change import Variant
from sandbox.records import Snapshot
from sandbox.rendering import Json, Rendering
from sandbox.variants.mixing import mixed_in


def whole_seconds(moment: int) -> str:
    """Return milliseconds since the epoch as a date and time of day in UTC."""
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _reversed(member) for name, member in reversed(value.items())}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


class _Pretty(Rendering):
    def encode(self, value: object) -> bytes:
        return (json.dumps(value, ensure_ascii=False, indent=4) + "\n").encode()


class _Escaped(Rendering):
    def encode(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=True).replace("/", "\\/").encode()


class _Sorted(Rendering):
    def encode(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


class _Reversed(Rendering):
    def encode(self, value: object) -> bytes:
        return super().encode(_reversed(value))


class _Seconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}Z"


class _Microseconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}000Z"


class _Nanoseconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}000000Z"


class _Trimmed(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}".rstrip("0").rstrip(".") + "Z"


class _Offset(Rendering):
    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.{moment % 1000:03d}+00:00"


class _LowerCase(Rendering):
    def timestamp(self, moment: int) -> str:
        return super().timestamp(moment).lower()


class _TwoForms(Rendering):
    """Lists and containers write timestamps in different forms."""

    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        return shown | {name: str(shown[name]).replace("Z", "000+00:00") for name in ("createdAt", "updatedAt")}


VARIANTS: tuple[Variant, ...] = (
    Variant("json-pretty", "JSON is indented and ends with a line feed.", mixed_in("rendering", _Pretty)),
    Variant("json-escaped", "JSON escapes slashes and all that is not ASCII.", mixed_in("rendering", _Escaped)),
    Variant("json-sorted", "JSON members are sorted by name.", mixed_in("rendering", _Sorted)),
    Variant("json-reversed", "JSON members stand in the other order.", mixed_in("rendering", _Reversed)),
    Variant("timestamps-in-seconds", "Timestamps have no fraction.", mixed_in("rendering", _Seconds)),
    Variant("timestamps-in-microseconds", "Timestamps have six digits.", mixed_in("rendering", _Microseconds)),
    Variant("timestamps-in-nanoseconds", "Timestamps have nine digits.", mixed_in("rendering", _Nanoseconds)),
    Variant("timestamps-trimmed", "Fractions end at their last digit.", mixed_in("rendering", _Trimmed)),
    Variant("timestamps-with-offset", "Timestamps end in +00:00.", mixed_in("rendering", _Offset)),
    Variant("timestamps-lower-case", "Timestamps have t and z (RFC 3339, 5.6).", mixed_in("rendering", _LowerCase)),
    Variant(
        "timestamps-in-two-forms", "Lists and reads write one instant in two ways.", mixed_in("rendering", _TwoForms)
    ),
)
