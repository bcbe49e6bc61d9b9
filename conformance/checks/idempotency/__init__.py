"""Checks of idempotency (IDM)."""
