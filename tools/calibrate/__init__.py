"""Whether tests reject as often as they say, and intervals hold what they say: by simulation."""
