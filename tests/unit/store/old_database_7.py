"""The seventh version, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

from tests.unit.store.old_database_6 import VERSION_6

VERSION_7 = VERSION_6.replace(
    "PRAGMA user_version = 6;",
    """
ALTER TABLE schedule ADD COLUMN removed_at INTEGER;
INSERT INTO work_order VALUES (7, 'a1', '129652', 1767614410000, 1767614410000, 1767618010000, NULL, 'altered');
INSERT INTO work_order VALUES (8, 'a1', '129653', 1767614410000, 1767614410000, 1767618010000, NULL,
    '{"number":"129653","customer":"\\u00dcnited","customer_url":null,"store_number":null,"site_name":null,
    "location_url":null,"address":{"street":null,"extra":[],"city":null,"state":null,"postal_code":null,"county":null},
    "services":[],"instructions":null,"visit":null,"visits_done":null,"visits_total":null,"status":null,"reason":null,
    "project":null,"po_number":null,"created_by":null,"created_at":null,"categories":["A"]}');
PRAGMA user_version = 7;
""",
)
