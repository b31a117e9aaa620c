"""The fifth version, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

from tests.unit.store.old_database_4 import VERSION_4

VERSION_5 = VERSION_4.replace(
    "PRAGMA user_version = 4;",
    """
CREATE TABLE location (id INTEGER NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE
    CASCADE, url TEXT NOT NULL, store_number TEXT, site_name TEXT, state TEXT NOT NULL, asked_at INTEGER NOT NULL,
    read_at INTEGER, error TEXT, UNIQUE (account_id, url));
CREATE TABLE dispenser (id INTEGER NOT NULL PRIMARY KEY, location_id INTEGER NOT NULL REFERENCES location (id) ON
    DELETE CASCADE, key TEXT NOT NULL, place INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    archived_at INTEGER, data TEXT NOT NULL, UNIQUE (location_id, key));
ALTER TABLE daily_total ADD COLUMN dispensers_found INTEGER NOT NULL DEFAULT 0;
ALTER TABLE daily_total ADD COLUMN dispensers_new INTEGER NOT NULL DEFAULT 0;
ALTER TABLE daily_total ADD COLUMN dispensers_changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE daily_total ADD COLUMN dispensers_archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change ADD COLUMN partner TEXT;
ALTER TABLE change ADD COLUMN location_url TEXT;
ALTER TABLE change ADD COLUMN numbers TEXT;
CREATE INDEX change_partner ON change (partner, account_id) WHERE partner IS NOT NULL;
INSERT INTO location VALUES (1, 'a1', 'https://portal.example/app/customers/locations/7/', '4711', 'Main St', 'read',
    1767614400000, 1767614410000, NULL);
INSERT INTO dispenser VALUES (1, 1, '1/2', 0, 1767614410000, 1767614410000, NULL,
    '{"numbers":"1/2","grades":["Regular"],"make":"Gilbarco","model":null,"serial":null,"stand_alone_code":null,
    "nozzles_per_side":null,"meter_type":null,"ntep":null,"other":{}}');
PRAGMA user_version = 5;
""",
)
