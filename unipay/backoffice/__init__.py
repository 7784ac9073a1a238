"""The ground of the back office: its site, its rights, its base classes for windows on facts."""
