"""`make bench-text`: byheart's text index beside its peers, on real text that Debian packages ship."""
