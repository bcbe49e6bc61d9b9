"""Checks of the lifecycle (LIF)."""
