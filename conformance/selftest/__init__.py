"""What the suite detects, measured: a profile run against the clean sandbox, seeded faults and conformant variants of it."""
