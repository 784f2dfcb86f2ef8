"""The editions of Microsoft's program rules, and the columns that hold the activities of claims and associations."""
