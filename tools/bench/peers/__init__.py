"""The peers: what else stores records and gives them back at random, one adapter a file."""
