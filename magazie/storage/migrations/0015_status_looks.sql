-- Order statuses that a shop took, and that are looked at once more.

-- GomagOutbox --------------------------------------------------------------------------------

-- told while an older write of ours might still land on it: nothing is owed, and due_ms says when
-- the shop is asked what it shows; such a row has no base, as any status of ours may stand there
CREATE INDEX outbox_statuses_looks ON outbox_statuses (shop, due_ms)
    WHERE state = 'done' AND base_status_id = '' AND due_ms IS NOT NULL;
