"""The client of a target: the session, its budget and callers, and the exchanges that it records."""
