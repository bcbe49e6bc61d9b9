"""Checks of refused calls, whatever requirement refuses them: they changed nothing and made nothing."""
