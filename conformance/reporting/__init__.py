"""Reports: one model, shown in several formats."""
