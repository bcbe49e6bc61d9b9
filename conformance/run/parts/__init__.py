"""The folder of a run, its manifest, and how the parts of a run are kept, read back, gone on with and joined."""
