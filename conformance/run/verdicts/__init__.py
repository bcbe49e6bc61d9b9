"""From the record of a run and the findings of its checks to its verdicts, its outcome and its scope."""
