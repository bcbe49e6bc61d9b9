"""What drivers call: the operations of the API, and what a run remembers of what it made by them."""
