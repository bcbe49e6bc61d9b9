"""Checks of idempotency (IDM)."""

from conformance.checks.base import Check
from conformance.checks.idempotency import fresh_requests, replay_effects, replaying

CHECKS: tuple[type[Check], ...] = (*replaying.CHECKS, *replay_effects.CHECKS, *fresh_requests.CHECKS)
