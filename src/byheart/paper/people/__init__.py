"""Section 4.1.1: Figure 2, people, and the Rademacher coin."""
