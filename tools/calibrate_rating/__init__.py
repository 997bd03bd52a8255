"""Whether a study's tests, intervals and verdicts hold what they say: simulated studies whose truth is known."""
