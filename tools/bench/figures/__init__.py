"""The figures: what is measured, one a file."""
