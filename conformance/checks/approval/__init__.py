"""Checks of approval (APR)."""
