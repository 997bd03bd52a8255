"""Real data that packages ship: fetched once, kept by digest, read here."""
