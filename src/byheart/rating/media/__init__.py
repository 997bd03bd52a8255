"""Samples that give nothing away: read from wherever they are, brought to one format, kept in one file."""
