create table payments (
  id               uuid primary key,
  order_id         uuid not null constraint payments_order_id_key unique,
  customer_user_id uuid,
  amount_minor     bigint not null constraint payments_amount_minor_check check (amount_minor >= 0),
  currency         text not null,
  payment_token    text,
  status           text not null constraint payments_status_check check (status in ('pending', 'captured', 'declined', 'refunded', 'voided')),
  decline_reason   text,
  gave_up          boolean not null,
  attempts         integer not null,
  failures         integer not null,
  due_at           timestamp with time zone,    -- null: nothing to ask of the gateway
  lease_until      timestamp with time zone,    -- null: no Host is at it
  requested_at     timestamp with time zone not null,
  correlation_id   text not null,
  causation_id     text not null,
  trace_parent     text
);
create index payments_due_at_idx on payments (due_at) where due_at is not null;

create table payment_attempts (
  payment_id uuid not null constraint payment_attempts_payment_id_fkey references payments (id),
  number     integer not null,
  call       text not null constraint payment_attempts_call_check check (call in ('charge', 'void', 'refund')),
  started_at timestamp with time zone not null,
  ended_at   timestamp with time zone,          -- null: under way, or its Host died
  outcome    text,
  primary key (payment_id, number)
);

create table refunds (
  payment_id   uuid primary key constraint refunds_payment_id_fkey references payments (id),
  reason       text not null,
  requested_at timestamp with time zone not null,
  amount_minor bigint not null constraint refunds_amount_minor_check check (amount_minor >= 0),
  refunded_at  timestamp with time zone
);

-- The books of the simulated gateway, which stands for a system of somebody else's: nothing else reads or writes them.
create table simulated_gateway_charges (
  key          uuid primary key,
  state        text not null constraint simulated_gateway_charges_state_check check (state in ('open', 'charged', 'voided', 'refunded')),
  amount_minor bigint not null,
  currency     text not null,
  calls        integer not null
);
