"""The month at a glance: every book's days, and the trend of what differs."""
