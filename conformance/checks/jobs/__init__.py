"""Checks of jobs and progress (JOB)."""

from conformance.checks.base import Check
from conformance.checks.jobs import etags, progress, reads, stories

CHECKS: tuple[type[Check], ...] = (*reads.CHECKS, *progress.CHECKS, *stories.CHECKS, *etags.CHECKS)
