"""Certificates: what a whole, conformant certification found, signed, and verified by judging its history again."""

MOST_DAYS = 366
"""For how many days a certificate may hold."""
