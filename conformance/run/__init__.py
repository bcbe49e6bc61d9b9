"""One run: its plan, its process, the merge of its parts, and its verdict."""
