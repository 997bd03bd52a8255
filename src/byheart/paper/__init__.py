"""The paper's claims, figures and samples, each put to the test on real data."""
