"""Section 3: Algorithm 1, Theorem 2, and that what is drawn has the distribution of what was learned."""
