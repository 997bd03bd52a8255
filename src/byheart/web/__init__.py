"""Pages: routes, templates and what browsers run; no arithmetic."""
