"""`make bench-judge`: what the judge is made of, beside its peers, in one run."""
