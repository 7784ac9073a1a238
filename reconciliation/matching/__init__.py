"""The engine that compares two books: one join, described by a specification for each kind of comparison."""
