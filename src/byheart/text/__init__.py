"""Text by heart: suffix arrays over the records, and what is searched in them."""
