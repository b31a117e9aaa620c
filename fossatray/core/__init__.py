"""What the app is about: pure functions and frozen dataclasses, without Qt, network, files or a clock of their own."""
