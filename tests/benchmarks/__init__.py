"""`make bench`: peers and us side by side on the same rows in one run (design.md 9). Nothing here is a test."""
