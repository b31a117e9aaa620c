"""What is kept: SQLite in WAL mode, written by one engine thread through Peewee, read by anybody through `reader`.

Importing this package imports nothing: windows and command line take `reader` and `public`, which know no Peewee.
"""
