"""Judging: how far is a generator from the data, and from its memory."""
