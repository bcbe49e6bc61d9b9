"""Identifiers that can't be guessed."""

import hmac
import secrets
from typing import Protocol

from sandbox.part import Part
from sandbox.store import Store

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def base32(number: int, length: int) -> str:
    """Return the lowest `5 * length` bits of a number in Crockford's alphabet."""
    return "".join([CROCKFORD[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5)])


class IdsNeeds(Protocol):
    """What the ids ask of the backend."""

    store: Store


class Ids(Part[IdsNeeds]):
    """Makes ids: a prefix, ten characters of time and sixteen random ones, as in a ULID."""

    def fresh(self, prefix: str, now: int) -> str:
        """Return a new id that sorts by time."""
        return f"{prefix}_{base32(now << 80 | secrets.randbits(80), 26)}"

    def container(self, now: int) -> str:
        """Return a new container id."""
        return self.fresh("cnt", now)

    def job(self, now: int) -> str:
        """Return a new job id."""
        return self.fresh("job", now)

    def asset(self, job_id: str, index: int) -> str:
        """Return the id of a job's asset: always the same, and derived from a secret."""
        digest = hmac.digest(self.backend.store.secret, f"asset:{job_id}:{index}".encode(), "sha256")
        return f"med_{base32(int.from_bytes(digest, 'big'), 26)}"

    def request(self) -> str:
        """Return a new request id, for error envelopes."""
        return f"req_{secrets.token_hex(12)}"
