"""Name the copies: which generated records are training records, how sure that is, and what share they are."""
