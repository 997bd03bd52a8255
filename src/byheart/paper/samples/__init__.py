"""Sections 4.1.2 to 4.1.4 and the abstract: text, pictures, digits of pi, and the paper itself in one shot."""
