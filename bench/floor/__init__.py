"""A bare Django project on the same database: what the same work costs when somebody writes nothing but that."""
