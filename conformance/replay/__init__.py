"""Failures as data: what an exchange depends on, the smallest history that shows a failure, its cause, and its replay."""
