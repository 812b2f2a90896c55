"""Loading: the pure company becomes rows, in bulk, with the journal of the year behind it."""
