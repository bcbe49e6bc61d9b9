"""The drivers: tests and state machines that provoke situations, and assert nothing about the answers."""
