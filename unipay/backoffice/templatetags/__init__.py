"""What the pages of the back office need to write."""
