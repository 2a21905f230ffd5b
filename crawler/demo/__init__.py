"""The embedded sample forum: a XenForo 2 look-alike for `xemtiep demo` and the tests.

```python
with serve() as served:
    ...  # crawl served.url
served.requests, served.forum.truth()
```
"""

from crawler.demo.content import Forum, Part
from crawler.demo.seed import sample_forum
from crawler.demo.server import Hit, Served, serve

__all__ = ["Forum", "Hit", "Part", "Served", "sample_forum", "serve"]
