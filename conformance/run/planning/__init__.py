"""What a run will do and may cost, known before anything is sent."""
