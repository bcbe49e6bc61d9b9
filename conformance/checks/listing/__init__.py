"""Checks of listing (LST)."""
