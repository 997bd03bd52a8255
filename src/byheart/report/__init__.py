"""What people look at: pictures and pages (knows no metric)."""
