"""From a URL to clean records: fetch forum pages, read them, clean each post, hand it to the archive."""
