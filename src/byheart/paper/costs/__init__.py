"""Section 4.2: Figure 4, what training costs."""
