"""`make bench-audit`: what an audit of tables, pictures, texts and arrays takes, beside those who do a part of it."""
