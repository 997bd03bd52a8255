"""Real generators, small enough to be trained while one waits: what MemGEN has to be measured against."""
