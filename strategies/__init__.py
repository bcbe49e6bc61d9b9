"""Test data: briefs, bodies, ids and hostile values, as tables and as Hypothesis strategies."""
