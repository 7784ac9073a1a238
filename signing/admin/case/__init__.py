"""The page of one manual case and the queue of all of them, in parts."""
