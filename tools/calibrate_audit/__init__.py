"""Whether the audit names copies and no others: planted copies of each kind through each change, and innocents."""
