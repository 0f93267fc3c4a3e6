"""The mailbox of the demonstration: every mail that would have left, on one page."""
