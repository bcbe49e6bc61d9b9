"""Certificates: what a whole, conformant certification found, signed, and verified by judging its history again."""
