"""Checks of jobs and progress (JOB)."""
