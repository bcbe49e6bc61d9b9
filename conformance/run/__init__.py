"""One run: its plan, its processes, the merge of their parts, and its verdicts."""
