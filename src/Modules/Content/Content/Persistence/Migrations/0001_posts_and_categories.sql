create table categories (
  slug text collate "C" not null constraint categories_pkey primary key,   -- "C": listed in the same order on every server
  name text not null
);
create unique index categories_name_key on categories (lower(name));

-- A copy of what Users says of accounts. Nothing refers to it: a post may come before the news of its author.
create table authors (
  id   uuid not null constraint authors_pkey primary key,
  name text not null
);

create table posts (
  id           uuid not null constraint posts_pkey primary key,
  author_id    uuid not null,                    -- of Users
  title        text not null constraint posts_title_check check (length(title) between 1 and 200),
  body         text not null constraint posts_body_check check (length(body) between 1 and 100000),
  status       text not null constraint posts_status_check check (status in ('draft', 'published', 'unpublished')),
  taken_down   boolean not null,
  written_at   timestamptz not null,
  edited_at    timestamptz not null,
  published_at timestamptz,                      -- when it last became public
  revision     integer not null,
  constraint posts_published_at_check check ((published_at is null) = (status = 'draft')),
  constraint posts_taken_down_check check (not taken_down or status = 'unpublished')
);
create index posts_public_idx on posts (published_at desc, id desc) where status = 'published';
create index posts_author_idx on posts (author_id, id);

create table post_categories (
  post_id       uuid not null constraint post_categories_post_id_fkey references posts (id),
  category_slug text collate "C" not null constraint post_categories_category_slug_fkey references categories (slug),
  constraint post_categories_pkey primary key (post_id, category_slug)
);
create index post_categories_category_idx on post_categories (category_slug, post_id);
