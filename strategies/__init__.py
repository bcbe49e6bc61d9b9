"""Data to provoke with: briefs, bodies, ids and hostile values, as tables and as Hypothesis strategies."""
