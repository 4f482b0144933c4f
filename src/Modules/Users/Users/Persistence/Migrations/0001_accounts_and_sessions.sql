-- Accounts with their profiles, what proves who is who, and the sessions that follow from it.

create table accounts (
  id               uuid primary key,
  email            text not null,                -- as typed
  normalized_email text not null,                -- regardless of case
  name             text not null,
  role             text not null,
  registered_at    timestamptz not null,
  constraint accounts_normalized_email_key unique (normalized_email),
  constraint accounts_email_check check (length(email) between 3 and 254),
  constraint accounts_name_check check (length(name) between 1 and 100),
  constraint accounts_role_check check (role in ('user', 'moderator', 'admin'))
);
-- Whoever takes the role from an admin locks all of them first.
create index accounts_admins_idx on accounts (id) where role = 'admin';

-- Apart from accounts, so that failed sign-ins do not collide with changes of the account.
create table credentials (
  account_id      uuid primary key references accounts on delete cascade,
  password_hash   text not null,
  failed_sign_ins integer not null,
  locked_until    timestamptz
);

create table sessions (
  id           uuid primary key,
  account_id   uuid not null references accounts on delete cascade,
  device       text,
  started_at   timestamptz not null,
  refreshed_at timestamptz not null,
  expires_at   timestamptz not null,
  ended_at     timestamptz
);
create index sessions_account_id_expires_at_idx on sessions (account_id, expires_at);

-- Used ones stay until they would have expired: one that comes back gives a thief away.
create table refresh_tokens (
  hash       bytea primary key,                  -- SHA-256 of the secret, which is stored nowhere
  session_id uuid not null references sessions on delete cascade,
  issued_at  timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz,
  constraint refresh_tokens_hash_check check (length(hash) = 32)
);
create index refresh_tokens_session_id_expires_at_idx on refresh_tokens (session_id, expires_at);

-- ASP.NET Core's key ring, which protects the access tokens.
create table data_protection_keys (
  id            bigint generated always as identity primary key,
  friendly_name text,
  xml           text not null
);
