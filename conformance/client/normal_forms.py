"""The normal forms of bytes: what they say once percent-encoding, escapes, NULs, Base64 and hexadecimal digits are taken off.

A text may be written in several of these ways at once, so that forms are made from forms. Each byte of a form knows which bytes of the
original it stands for.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterator

DEPTH = 10
"""How many times escapes are taken off."""
_ENTITIES = {
    b"amp": b"&",
    b"quot": b'"',
    b"apos": b"'",
    b"lt": b"<",
    b"gt": b">",
    b"sol": b"/",
    b"plus": b"+",
    b"equals": b"=",
    b"percnt": b"%",
}
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ESCAPE = re.compile(
    rb"%([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|\\([\"'\\/bfnrt])"
    rb"|&#([0-9]{1,6});|&#[xX]([0-9A-Fa-f]{1,5});|&(amp|quot|apos|lt|gt|sol|plus|equals|percnt);|\x00"
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){10,}[0-9A-Fa-f]?")


def _taken_off(found: re.Match[bytes]) -> bytes:
    """Return what an escape stands for; a NUL, which UTF-16 puts beside each letter, for nothing."""
    number = found.lastindex
    if number is None:
        return b""
    text: bytes = found[number]
    if number in {1, 2}:
        return bytes((int(text, 16),))
    if number == 4:
        return _LETTERS.get(text, text)
    if number == 7:
        return _ENTITIES[text]
    code = int(text, 10 if number == 5 else 16)
    return chr(code).encode("utf-8", "surrogatepass") if code < 0x110000 else b""


def unescaped(data: bytes) -> bytes:
    """Return bytes with one layer of escapes taken off."""
    return _ESCAPE.sub(_taken_off, data)


def in_base64(data: bytes) -> Iterator[bytes]:
    """Yield what every Base64 text contains in which these bytes stand, wherever in it they do."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + data + bytes(2))
        core = whole[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


class Form:
    """Bytes, and for each where that begins and ends in the original for which it stands; by itself, the original."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def begin(self, index: int) -> int:
        """Return where that begins for which a byte stands."""
        return index

    def end(self, index: int) -> int:
        """Return where that ends for which a byte stands."""
        return index + 1

    def unescaped(self) -> Form:
        """Return the form with one layer of escapes taken off."""
        return _Unescaped(self)

    def from_base64(self, signs: Collection[bytes]) -> Iterator[Form]:
        """Yield what the parts of the form say that hold one of these signs, if they are Base64, at each place where it may begin."""
        for found in _BASE64.finditer(self.data):
            if any(sign in found[0] for sign in signs):
                run = found[0].translate(bytes.maketrans(b"-_", b"+/"))
                for skipped in range(4):
                    text = run[skipped:]
                    data = base64.b64decode(text + b"A" * (-len(text) % 4))
                    yield _Packed(self, data, found.start() + skipped, 6, len(text))

    def from_hex(self, signs: Collection[bytes]) -> Iterator[Form]:
        """Yield what the parts of the form say that hold one of these signs, if they are hexadecimal digits."""
        for found in _HEX.finditer(self.data):
            if any(sign in found[0].lower() for sign in signs):
                for skipped in range(2):
                    text = found[0][skipped:]
                    text = text[: len(text) // 2 * 2]
                    yield _Packed(self, bytes.fromhex(text.decode("ascii")), found.start() + skipped, 4, len(text))


class _Unescaped(Form):
    """What is left of another form without one layer of escapes."""

    def __init__(self, of: Form) -> None:
        data, at = bytearray(), 0
        begins: list[int] = []
        ends: list[int] = []
        for found in _ESCAPE.finditer(of.data):
            data += of.data[at : found.start()]
            begins += range(at, found.start())
            ends += range(at, found.start())
            piece, at = _taken_off(found), found.end()
            data += piece
            begins += [found.start()] * len(piece)
            ends += [at - 1] * len(piece)
        data += of.data[at:]
        super().__init__(bytes(data))
        self._of = of
        self._begins = [*begins, *range(at, len(of.data))]
        self._ends = [*ends, *range(at, len(of.data))]

    def begin(self, index: int) -> int:
        return self._of.begin(self._begins[index])

    def end(self, index: int) -> int:
        return self._of.end(self._ends[index])


class _Packed(Form):
    """Bytes of which each character of another form, from `start` on, holds so many bits."""

    def __init__(self, of: Form, data: bytes, start: int, bits: int, length: int) -> None:
        super().__init__(data[: length * bits // 8])
        self._of, self._start, self._bits = of, start, bits

    def begin(self, index: int) -> int:
        return self._of.begin(self._start + index * 8 // self._bits)

    def end(self, index: int) -> int:
        return self._of.end(self._start - (-(index + 1) * 8 // self._bits) - 1)


def forms_of(data: bytes) -> Iterator[Form]:
    """Yield the bytes themselves, and what is left each time a layer of escapes is taken off."""
    form = Form(data)
    for _ in range(DEPTH + 1):
        yield form
        simpler = form.unescaped()
        if simpler.data == form.data:
            return
        form = simpler
