"""Checks of errors (ERR)."""
