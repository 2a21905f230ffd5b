"""The archive: one SQLite file that holds clean posts and articles, and answers questions about them."""
