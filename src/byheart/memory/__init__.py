"""The memory: all that was learned, in RAM or as a directory."""
