"""`make others`: what other packages get wrong about copies, beside what byheart says of the same data."""
