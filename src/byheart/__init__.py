"""byheart: a generative model that learns any data by heart and samples it exactly."""
