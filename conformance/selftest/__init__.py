"""The suite tried on itself: a profile run against the clean sandbox, every seeded fault and every conformant variant."""
