"""What proves a finding: its place, its smallest history, its cause, and the script that sends that history anew."""
