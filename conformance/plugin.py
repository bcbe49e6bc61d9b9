"""The pytest plugin: options, fixtures, and the judgement at the end of a run."""
