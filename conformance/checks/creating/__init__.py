"""Checks of creating (CRE)."""
