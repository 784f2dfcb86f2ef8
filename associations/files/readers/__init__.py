"""Readers that run in the sandbox's child process: each reads one kind of uploaded file (see `files.sandbox`)."""
