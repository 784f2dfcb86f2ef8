"""Files that people send: where they are stored, and where they are read.

The child of the sandbox imports this package too, so nothing is imported here.
"""
