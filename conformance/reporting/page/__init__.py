"""`report.html`: one file that a browser opens without loading anything else."""

from conformance.reporting.page.page import page

__all__ = ["page"]
