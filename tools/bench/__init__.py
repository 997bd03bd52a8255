"""The benchmarks: byheart, its peers and the floors, side by side in one run (`make bench`)."""
