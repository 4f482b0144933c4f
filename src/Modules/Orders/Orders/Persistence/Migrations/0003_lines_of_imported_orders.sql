-- An invoice of the past may name a product on several lines, at several prices. An order that is placed still names each once: PlaceOrder sees to it.
alter table order_items drop constraint order_items_order_id_sku_key;
