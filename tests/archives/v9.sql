PRAGMA application_id = 2019913076;
PRAGMA user_version = 9;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE sites (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL UNIQUE,      -- host and path prefix: voz.vn, example.org/forum
    software TEXT NOT NULL,
    first_seen TEXT NOT NULL
) STRICT;
CREATE TABLE boards (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites(id),
    board_id TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    read_since TEXT, state TEXT NOT NULL DEFAULT '',                -- threads quiet since before this were never read (crawl --since); NULL: all were
    UNIQUE (site, board_id)
) STRICT;
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites(id),
    board INTEGER REFERENCES boards(id),
    thread_id TEXT NOT NULL,
    url TEXT NOT NULL,              -- of its first page
    title TEXT NOT NULL,            -- its heading as shown; until it is read, as the board lists it
    prefixes TEXT NOT NULL DEFAULT '[]',
    sticky INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0,
    replies INTEGER,                -- this and the next three: as its board listed it last
    last_post_at TEXT,
    last_post_raw TEXT NOT NULL DEFAULT '',
    listed_title TEXT,
    last_page INTEGER NOT NULL DEFAULT 0,
    last_page_url TEXT,             -- the page that held its last known post: a later crawl continues there
    settled TEXT,                   -- the board's row (replies, last post) up to which it is read; NULL: not to its end
    surplus INTEGER NOT NULL DEFAULT 1,  -- known posts less replies when last read; fewer: others lie on earlier pages
    walk INTEGER,                   -- the frontier's start from which it was last reached
    first_seen TEXT NOT NULL,
    gone_at TEXT,                   -- when it was first found missing
    last_seen TEXT,                 -- of a thread that is gone: when it was last there
    UNIQUE (site, thread_id)
) STRICT;
CREATE INDEX threads_board ON threads(board);
CREATE TABLE authors (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites(id),
    author_id TEXT,                 -- NULL: a guest, or a page that does not say; then the name is the key
    name TEXT NOT NULL,
    title TEXT,
    banners TEXT NOT NULL DEFAULT '[]',
    counts TEXT NOT NULL DEFAULT '{}',      -- {"label": number}
    counts_raw TEXT NOT NULL DEFAULT '{}',  -- the words shown: "36K"
    first_seen TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX authors_member ON authors(site, author_id) WHERE author_id IS NOT NULL;
CREATE UNIQUE INDEX authors_guest ON authors(site, name) WHERE author_id IS NULL;
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites(id),
    thread INTEGER NOT NULL REFERENCES threads(id),
    author INTEGER NOT NULL REFERENCES authors(id),
    post_id TEXT NOT NULL,
    url TEXT,
    position INTEGER NOT NULL,      -- counts from 1 in the thread
    posted_at TEXT,
    posted_raw TEXT NOT NULL,       -- the words shown, whatever was understood of them
    edited_at TEXT,
    kind TEXT NOT NULL,             -- article, post, or deleted (only its stub was ever seen)
    text TEXT,                      -- its own words; NULL when they stand in articles.body
    removed TEXT NOT NULL,          -- [[label, text], ...]: what cleaning took off, in page order
    source_url TEXT,
    source_words TEXT,              -- the words of the link to the source
    first_seen TEXT NOT NULL,
    gone_at TEXT,                   -- when it was first found missing or deleted
    last_seen TEXT,                 -- of a post that is gone: when its page was last read with it
    folded TEXT NOT NULL,           -- for the index: the words of `text` with đ, written with d
    UNIQUE (site, post_id),
    UNIQUE (thread, position)
) STRICT;
CREATE INDEX posts_author ON posts(author);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY REFERENCES posts(id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    source_url TEXT,
    source_host TEXT,
    source_name TEXT,
    author TEXT NOT NULL,
    site TEXT NOT NULL,
    board TEXT,
    thread_url TEXT NOT NULL,
    url TEXT NOT NULL,
    posted_at TEXT,
    first_seen TEXT NOT NULL,
    language TEXT,
    words INTEGER NOT NULL,
    story INTEGER,                  -- articles with the same number carry the same text
    reason TEXT NOT NULL,           -- why the post counts as an article
    folded TEXT NOT NULL            -- for the index: the words of title and body with đ, written with d
) STRICT;
CREATE TABLE post_html (            -- the post's markup as received, so that a better rule needs no request
    post INTEGER PRIMARY KEY REFERENCES posts(id),
    html TEXT NOT NULL
) STRICT;
CREATE TABLE images (
    post INTEGER NOT NULL REFERENCES posts(id),
    number INTEGER NOT NULL,        -- counts from 1 in the post
    url TEXT NOT NULL,
    PRIMARY KEY (post, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE post_versions (        -- what an edited post said before
    id INTEGER PRIMARY KEY,
    post INTEGER NOT NULL REFERENCES posts(id),
    title TEXT,
    text TEXT NOT NULL,
    removed TEXT NOT NULL,
    edited_at TEXT,
    replaced_at TEXT NOT NULL       -- when the next version was first seen
) STRICT;
CREATE INDEX post_versions_post ON post_versions(post);
CREATE VIEW posts_full AS
SELECT sites.site, boards.title AS board, threads.thread_id, threads.title AS thread_title,
    threads.url AS thread_url, posts.post_id, coalesce(posts.url, threads.url) AS url, posts.position,
    authors.name AS author, posts.posted_at, posts.posted_raw, posts.edited_at, posts.kind,
    coalesce(articles.body, posts.text) AS text, posts.removed, posts.source_url, posts.gone_at
FROM posts
JOIN sites ON sites.id = posts.site
JOIN threads ON threads.id = posts.thread
JOIN authors ON authors.id = posts.author
LEFT JOIN boards ON boards.id = threads.board
LEFT JOIN articles ON articles.id = posts.id;
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, body, folded, content="articles", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE posts_fts USING fts5(
    text, folded, content="posts", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,          -- crawl, import, reclean
    detail TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    outcome TEXT,                   -- NULL while it runs; killed: it never came to its end
    counts TEXT NOT NULL DEFAULT '{}'
, last_post INTEGER, last_version INTEGER) STRICT;
CREATE TABLE frontier (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    role TEXT NOT NULL,             -- start, next (page of a thread), thread, next-board, board
    priority INTEGER NOT NULL,      -- smaller first
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'taken', 'done', 'failed')),
    outcome TEXT,                   -- how it ended: done, failed (may work next time), wall, missing, refused, ...
    reason TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,  -- seconds since 1970: waits are shorter than a second too
    walk INTEGER,                   -- the start row it was reached from; NULL: it is one
    round INTEGER NOT NULL DEFAULT 1,    -- which walk from that start; one walk asks for a URL once
    thread INTEGER REFERENCES threads(id),
    signature TEXT,                 -- what the board said of the thread (see threads.settled) when it was queued
    etag TEXT,
    last_modified TEXT,
    leads TEXT,                     -- [[role, url], ...]: what follows from the page even when it is unchanged (304)
    since TEXT,                     -- of a start: its walk leaves out threads that are quiet since before this
    "full" INTEGER NOT NULL DEFAULT 0,   -- of a start: its walk reads everything again
    added_at TEXT NOT NULL,
    fetched_at TEXT                 -- when the page was last there, changed or not
) STRICT;
CREATE INDEX frontier_walk ON frontier(walk) WHERE state <> 'done';
CREATE INDEX frontier_thread ON frontier(thread) WHERE state <> 'done';
CREATE TABLE habits (               -- lines at the edge of most posts of an author or a site, found by counting
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES sites(id),
    author INTEGER REFERENCES authors(id),  -- NULL: the whole site
    place TEXT NOT NULL CHECK (place IN ('start', 'end')),
    line TEXT NOT NULL,             -- folded, its numbers made equal
    example TEXT NOT NULL,          -- as it stood in one post
    posts INTEGER NOT NULL,         -- that have it
    of_posts INTEGER NOT NULL,      -- that could have it
    state TEXT NOT NULL DEFAULT 'found' CHECK (state IN ('found', 'accepted', 'rejected'))
) STRICT;
CREATE UNIQUE INDEX habits_line ON habits(site, coalesce(author, 0), place, line);
CREATE TABLE export_targets (       -- who is given exports bit by bit: `xemtiep export --since-last NAME`
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    exported_at TEXT                -- NULL: no export for it was ever finished
) STRICT;
CREATE TABLE exported (             -- what they have
    target INTEGER NOT NULL REFERENCES export_targets(id),
    article INTEGER NOT NULL,       -- articles.id
    digest INTEGER NOT NULL,        -- BLAKE2 of the line of JSON it was given as, to tell whether it changed
    PRIMARY KEY (target, article)
) STRICT, WITHOUT ROWID;
CREATE TABLE secrets (              -- never exported; `pseudonyms`: the key of `xemtiep export --anonymous`
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stories (              -- texts that more than one article carries
    id INTEGER PRIMARY KEY,         -- of the first of its articles that the archive had
    title TEXT NOT NULL,            -- of its first appearance
    first INTEGER NOT NULL,         -- the article posted first
    articles INTEGER NOT NULL,
    versions INTEGER NOT NULL,      -- different texts: words count, not titles, punctuation, case and diacritics
    sites INTEGER NOT NULL,
    first_at TEXT NOT NULL,         -- when it was posted first and last; without a date, first seen
    last_at TEXT NOT NULL
) STRICT;
CREATE INDEX articles_story ON articles(story, site);
CREATE TABLE story_texts (          -- each article's text as it is compared with others
    article INTEGER PRIMARY KEY REFERENCES posts(id),
    text INTEGER,                   -- the same number: the same title and words; NULL: too few words to compare
    version INTEGER NOT NULL,       -- the same number: the same words
    marks INTEGER NOT NULL          -- how many rows of story_marks it has; of those with the same text, one has them
) STRICT;
CREATE INDEX story_texts_words ON story_texts(version, text) WHERE text IS NOT NULL;
CREATE TABLE story_marks (          -- eight words of a text, as a number: by these a text finds those like it
    mark INTEGER NOT NULL,
    article INTEGER NOT NULL,
    of INTEGER NOT NULL,            -- how many marks the article has
    PRIMARY KEY (mark, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX frontier_take ON frontier(coalesce(walk, id), host, priority, id) WHERE state = 'queued';
CREATE INDEX frontier_due ON frontier(coalesce(walk, id), host, not_before) WHERE state = 'queued';
INSERT INTO _sqlite_migrations VALUES (1, 'archive', 'm001_first_tables', '2026-11-29 11:17:48.348877+00:00');
INSERT INTO _sqlite_migrations VALUES (2, 'archive', 'm002_habits', '2026-11-29 11:17:48.349100+00:00');
INSERT INTO _sqlite_migrations VALUES (3, 'archive', 'm003_board_state', '2026-11-29 11:17:48.354249+00:00');
INSERT INTO _sqlite_migrations VALUES (4, 'archive', 'm004_exports', '2026-11-29 11:17:48.354504+00:00');
INSERT INTO _sqlite_migrations VALUES (5, 'archive', 'm005_run_marks', '2026-11-29 11:17:48.355025+00:00');
INSERT INTO _sqlite_migrations VALUES (6, 'archive', 'm006_stories', '2026-11-29 11:17:48.355273+00:00');
INSERT INTO _sqlite_migrations VALUES (7, 'archive', 'm007_merges', '2026-11-29 11:17:48.355415+00:00');
INSERT INTO _sqlite_migrations VALUES (8, 'archive', 'm008_marks', '2026-11-29 11:17:48.355578+00:00');
INSERT INTO _sqlite_migrations VALUES (9, 'archive', 'm009_queues', '2026-11-29 11:17:48.355735+00:00');
INSERT INTO sites VALUES (1, 'forum.example', 'unknown', '2024-03-01T08:00:00Z');
INSERT INTO sites VALUES (2, 'other.example', 'unknown', '2024-03-03T08:00:00Z');
INSERT INTO boards VALUES (1, 1, '7', 'https://forum.example/b/7', 'Tin tức', '2024-03-01T08:00:00Z', NULL, '');
INSERT INTO boards VALUES (2, 2, '7', 'https://forum.example/b/7', 'Tin tức', '2024-03-03T08:00:00Z', NULL, '');
INSERT INTO threads VALUES (1, 1, 1, '10', 'https://forum.example/t/10', 'Chủ đề 10', '[]', 0, 0, NULL, NULL, '', NULL, 2, 'https://forum.example/t/10/page-2', NULL, 1, NULL, '2024-03-01T08:00:00Z', NULL, NULL);
INSERT INTO threads VALUES (2, 1, 1, '11', 'https://forum.example/t/11', 'Chủ đề 11', '[]', 0, 0, 1, NULL, '', 'Chủ đề 11', 1, 'https://forum.example/t/11', NULL, 1, 1, '2024-03-02T08:00:00Z', NULL, NULL);
INSERT INTO threads VALUES (3, 2, 2, '1', 'https://forum.example/t/1', 'Chủ đề 1', '[]', 0, 0, NULL, NULL, '', NULL, 1, 'https://forum.example/t/1', NULL, 1, NULL, '2024-03-03T08:00:00Z', NULL, NULL);
INSERT INTO threads VALUES (4, 1, 1, '12', 'https://forum.example/t/12', 'Chủ đề 12', '[]', 0, 0, 0, NULL, '', 'Chủ đề 12', 0, NULL, '0', 1, 1, '2024-03-04T08:00:00Z', NULL, NULL);
INSERT INTO threads VALUES (5, 1, 1, '13', 'https://forum.example/t/13', 'Chủ đề 13', '[]', 0, 0, 2, NULL, '', 'Chủ đề 13', 0, NULL, '2', 1, 1, '2024-03-04T08:00:00Z', NULL, NULL);
INSERT INTO authors VALUES (1, 1, '1', 'người 1', NULL, '[]', '{"Bài viết": 5}', '{"Bài viết": "5"}', '2024-03-01T08:00:00Z');
INSERT INTO authors VALUES (2, 1, '2', 'người 2', NULL, '[]', '{"Bài viết": 5}', '{"Bài viết": "5"}', '2024-03-01T08:00:00Z');
INSERT INTO authors VALUES (3, 1, '0', 'người 0', NULL, '[]', '{"Bài viết": 5}', '{"Bài viết": "5"}', '2024-03-01T08:00:00Z');
INSERT INTO authors VALUES (4, 2, '1', 'người 1', NULL, '[]', '{"Bài viết": 5}', '{"Bài viết": "5"}', '2024-03-03T08:00:00Z');
INSERT INTO posts VALUES (1, 1, 1, 1, '1', NULL, 1, '2024-03-01T08:00:00Z', '', NULL, 'article', NULL, '[["quote", "quote 1"]]', 'https://news.example/1', 'Xem tiếp...', '2024-03-01T08:00:00Z', NULL, NULL, '');
INSERT INTO posts VALUES (2, 1, 1, 2, '2', NULL, 2, '2024-03-01T08:00:00Z', '', NULL, 'post', 'cảm ơn đồng chí rất nhiều', '[["quote", "quote 2"]]', NULL, NULL, '2024-03-01T08:00:00Z', NULL, NULL, 'dồng');
INSERT INTO posts VALUES (3, 1, 1, 3, '3', NULL, 3, '2024-03-01T08:00:00Z', '', NULL, 'post', 'lời đáp', '[["quote", "quote 3"]]', NULL, NULL, '2024-03-01T08:00:00Z', NULL, NULL, 'dáp');
INSERT INTO posts VALUES (4, 1, 1, 1, '4', NULL, 4, '2024-03-01T08:00:00Z', '', NULL, 'post', 'xin phép chia sẻ', '[["quote", "quote 4"]]', NULL, NULL, '2024-03-01T08:00:00Z', NULL, NULL, '');
INSERT INTO posts VALUES (5, 1, 2, 2, '5', NULL, 1, '2024-03-01T08:00:00Z', '', NULL, 'article', NULL, '[["quote", "quote 5"]]', 'https://news.example/5', 'Xem tiếp...', '2024-03-02T08:00:00Z', '2024-03-04T08:00:00Z', '2024-03-02T08:00:00Z', '');
INSERT INTO posts VALUES (6, 1, 2, 3, '6', NULL, 2, '2024-03-01T08:00:00Z', '', NULL, 'post', 'sai rồi', '[["quote", "quote 6"]]', NULL, NULL, '2024-03-02T08:00:00Z', NULL, NULL, '');
INSERT INTO posts VALUES (7, 2, 3, 4, '1', NULL, 1, '2024-03-01T08:00:00Z', '', NULL, 'article', NULL, '[["quote", "quote 1"]]', 'https://news.example/1', 'Xem tiếp...', '2024-03-03T08:00:00Z', NULL, NULL, '');
INSERT INTO articles VALUES (1, 'Tín dụng về xã', 'Nguồn tín dụng chính sách đến tận xã, lãnh đạo huyện cho biết.

Đảng bộ xã Thạch Bàn đã họp.', 'https://news.example/1', 'news.example', 'Báo', 'người 1', 'forum.example', 'Tin tức', 'https://forum.example/t/10', 'https://forum.example/t/10', '2024-03-01T08:00:00Z', '2024-03-01T08:00:00Z', 'vi', 20, 1, 'readon', 'dến dạo biết.

dảng dã');
INSERT INTO articles VALUES (5, 'Đề thi', 'đáp án', 'https://news.example/5', 'news.example', 'Báo', 'người 2', 'forum.example', 'Tin tức', 'https://forum.example/t/11', 'https://forum.example/t/11', '2024-03-01T08:00:00Z', '2024-03-02T08:00:00Z', 'vi', 2, 5, 'readon', 'dề dáp');
INSERT INTO articles VALUES (7, 'Tín dụng về xã', 'Nguồn tín dụng chính sách đến tận xã, lãnh đạo huyện cho biết.

Đảng bộ xã Thạch Bàn đã họp.', 'https://news.example/1', 'news.example', 'Báo', 'người 1', 'other.example', 'Tin tức', 'https://forum.example/t/1', 'https://forum.example/t/1', '2024-03-01T08:00:00Z', '2024-03-03T08:00:00Z', 'vi', 20, 1, 'readon', 'dến dạo biết.

dảng dã');
INSERT INTO post_html VALUES (1, '<p>Nguồn tín dụng chính sách đến tận xã, lãnh đạo huyện cho biết.

Đảng bộ xã Thạch Bàn đã họp.</p>');
INSERT INTO post_html VALUES (2, '<p>cảm ơn đồng chí rất nhiều</p>');
INSERT INTO post_html VALUES (3, '<p>lời đáp</p>');
INSERT INTO post_html VALUES (4, '<p>xin phép chia sẻ</p>');
INSERT INTO post_html VALUES (5, '<p>đáp án</p>');
INSERT INTO post_html VALUES (6, '<p>sai rồi</p>');
INSERT INTO post_html VALUES (7, '<p>Nguồn tín dụng chính sách đến tận xã, lãnh đạo huyện cho biết.

Đảng bộ xã Thạch Bàn đã họp.</p>');
INSERT INTO images VALUES (1, 1, 'https://i/1');
INSERT INTO images VALUES (2, 1, 'https://i/1');
INSERT INTO images VALUES (3, 1, 'https://i/1');
INSERT INTO images VALUES (4, 1, 'https://i/1');
INSERT INTO images VALUES (5, 1, 'https://i/1');
INSERT INTO images VALUES (6, 1, 'https://i/1');
INSERT INTO images VALUES (7, 1, 'https://i/1');
INSERT INTO post_versions VALUES (1, 2, NULL, 'cảm ơn đồng chí', '[["quote", "quote 2"]]', NULL, '2024-03-03T08:00:00Z');
INSERT INTO runs VALUES (1, 'crawl', 'forum.example', '2024-03-05T08:00:00Z', '2024-03-05T08:00:00Z', 'done', '{"new": 7}', 7, 1);
INSERT INTO frontier VALUES (1, 'https://forum.example/b/7', 'forum.example', 'start', 2, 'done', 'done', '', 1, 0.0, NULL, 1, NULL, NULL, '"1"', NULL, NULL, NULL, 0, '2024-03-05T08:00:00Z', '2024-03-04T08:00:00Z');
INSERT INTO frontier VALUES (2, 'https://forum.example/t/12', 'forum.example', 'thread', 1, 'failed', 'missing', 'HTTP 404', 1, 0.0, 1, 1, 4, '0', NULL, NULL, NULL, NULL, 0, '2024-03-04T08:00:00Z', NULL);
INSERT INTO frontier VALUES (3, 'https://forum.example/t/13', 'forum.example', 'thread', 1, 'failed', 'missing', 'HTTP 404', 1, 0.0, 1, 1, 5, '2', NULL, NULL, NULL, NULL, 0, '2024-03-04T08:00:00Z', NULL);
INSERT INTO frontier VALUES (4, 'https://forum.example/t/11', 'forum.example', 'thread', 1, 'queued', NULL, '', 0, 0.0, 1, 1, 2, '1', NULL, NULL, NULL, NULL, 0, '2024-03-04T08:00:00Z', NULL);
INSERT INTO stories VALUES (1, 'Tín dụng về xã', 1, 2, 1, 2, '2024-03-01T08:00:00Z', '2024-03-01T08:00:00Z');
INSERT INTO story_texts VALUES (1, 9140372761779959733, 333354166842596046, 0);
INSERT INTO story_texts VALUES (5, NULL, 8624584569117705601, 0);
INSERT INTO story_texts VALUES (7, 9140372761779959733, 333354166842596046, 0);
INSERT INTO articles_fts (articles_fts) VALUES ('rebuild');
INSERT INTO posts_fts (posts_fts) VALUES ('rebuild');
