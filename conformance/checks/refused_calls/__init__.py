"""Checks that a refused call changes and makes nothing: the one place that crosses families."""
