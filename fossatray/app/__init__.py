"""The composition root: builds the rooms, connects them, and registers every stop where it makes a thing."""
