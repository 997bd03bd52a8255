"""Section 4.1.1: Figure 1, distances from two samples, and the curves up and to the right."""
