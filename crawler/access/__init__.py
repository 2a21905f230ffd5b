"""What lets a crawl in: each site's own headers, cookies and proxy, and its member, who is signed in."""
