"""How fast raters are served, beside a server that is used for the same."""
