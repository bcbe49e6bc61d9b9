"""The judges: one module a family of requirements, each a fold over the history."""
