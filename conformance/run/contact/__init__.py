"""First contact with a target: whether it answers and can be judged, and which of its settings work."""
