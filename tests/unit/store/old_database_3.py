"""The third released version, with rows in every table. Frozen: never changed to follow the program."""

from __future__ import annotations

VERSION_3 = """
CREATE TABLE account (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, origin
    TEXT NOT NULL, username TEXT NOT NULL, blocked TEXT, held_back TEXT, empty_sign TEXT);
CREATE TABLE run (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES account (id)
    ON DELETE CASCADE, job TEXT NOT NULL, "trigger" TEXT NOT NULL, planned_at INTEGER, started_at INTEGER NOT NULL,
    finished_at INTEGER, outcome TEXT, reason TEXT, found INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 1,
    error_kind TEXT, error_title TEXT, error_message TEXT, error_advice TEXT, error_retryable INTEGER, notified
    INTEGER, schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL, phases TEXT NOT NULL DEFAULT '{}');
CREATE TABLE occurrence (id INTEGER NOT NULL PRIMARY KEY, schedule_id INTEGER NOT NULL REFERENCES schedule (id)
    ON DELETE CASCADE, planned_at INTEGER NOT NULL, fate TEXT NOT NULL, reason TEXT, run_id INTEGER REFERENCES run
    (id) ON DELETE SET NULL, UNIQUE (schedule_id, planned_at));
CREATE TABLE work_order (id INTEGER NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON
    DELETE CASCADE, number TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, archived_at
    INTEGER, visit_date TEXT, data TEXT NOT NULL, UNIQUE (account_id, number));
CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sign_in (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES account
    (id) ON DELETE CASCADE, at INTEGER NOT NULL, result TEXT NOT NULL);
CREATE TABLE schedule (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES account
    (id) ON DELETE CASCADE, job TEXT NOT NULL, name TEXT NOT NULL, timetable TEXT NOT NULL, lateness TEXT NOT NULL,
    late_hours REAL, paused_until INTEGER, after_id INTEGER REFERENCES schedule (id), enabled INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0, switched_off INTEGER NOT NULL DEFAULT 0, accounted_until INTEGER, changed_at
    INTEGER);
CREATE TABLE change (id INTEGER NOT NULL PRIMARY KEY, run_id INTEGER NOT NULL, account_id TEXT NOT NULL
    REFERENCES account (id) ON DELETE CASCADE, at INTEGER NOT NULL, number TEXT NOT NULL, kind TEXT NOT NULL, fields
    TEXT NOT NULL);
CREATE TABLE daily_total (id INTEGER NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON
    DELETE CASCADE, schedule_id INTEGER REFERENCES schedule (id) ON DELETE SET NULL, day INTEGER NOT NULL, succeeded
    INTEGER NOT NULL, failed INTEGER NOT NULL, cancelled INTEGER NOT NULL, interrupted INTEGER NOT NULL, skipped
    INTEGER NOT NULL, missed INTEGER NOT NULL, found INTEGER NOT NULL, new INTEGER NOT NULL, changed INTEGER NOT NULL,
    archived INTEGER NOT NULL, portal_seconds REAL NOT NULL, own_seconds REAL NOT NULL, durations TEXT NOT NULL,
    successes TEXT NOT NULL);
CREATE INDEX run_account_started ON run (account_id, started_at);
CREATE INDEX run_started ON run (started_at);
CREATE INDEX run_under_way ON run (id) WHERE outcome IS NULL;
CREATE INDEX run_to_notify ON run (id) WHERE notified = 0;
CREATE INDEX occurrence_run ON occurrence (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX occurrence_not_run ON occurrence (planned_at) WHERE fate <> 'run';
CREATE INDEX work_order_open ON work_order (account_id) WHERE archived_at IS NULL;
CREATE INDEX sign_in_account_at ON sign_in (account_id, at);
CREATE INDEX run_half_told ON run (id) WHERE notified = 2;
CREATE INDEX schedule_account ON schedule (account_id);
CREATE INDEX schedule_after ON schedule (after_id) WHERE after_id IS NOT NULL;
CREATE INDEX run_schedule ON run (schedule_id, started_at);
CREATE INDEX change_run ON change (run_id);
CREATE INDEX change_order ON change (number, account_id);
CREATE INDEX daily_total_day ON daily_total (day);
CREATE INDEX daily_total_account ON daily_total (account_id, day);
CREATE INDEX daily_total_schedule ON daily_total (schedule_id, day);
INSERT INTO account VALUES ('a1', 'Work', 'work', 'https://portal.example', 'technician', NULL, '["5"]', 'none here');
INSERT INTO account VALUES ('a2', 'Home', 'home', 'https://portal.example', 'technician', NULL, NULL, NULL);
INSERT INTO run VALUES (1, 'a1', 'work_orders', 'scheduled', 1767614400000, 1767614401000, 1767614410000,
    'succeeded', NULL, 1, 1, 0, 0, 1, NULL, NULL, NULL, NULL, NULL, 1, 1, '{"logging_in":1.5}');
INSERT INTO run VALUES (2, 'a1', 'work_orders', 'manual', NULL, 1767618001000, 1767618010000, 'failed', NULL, 0,
    0, 0, 0, 2, 'portal_unreachable', 'The portal could not be reached', 'No route.', 'Check the network.', 1, 0,
    NULL, '{}');
INSERT INTO run VALUES (3, 'a2', 'work_orders', 'catch_up', 1767614400000, 1767618001000, NULL, NULL, NULL, 0, 0,
    0, 0, 1, NULL, NULL, NULL, NULL, NULL, 2, 7, '{}');
INSERT INTO occurrence VALUES (1, 1, 1767614400000, 'run', NULL, 1);
INSERT INTO occurrence VALUES (2, 1, 1767616200000, 'missed', 'not running', NULL);
INSERT INTO occurrence VALUES (3, 7, 1767614400000, 'run', NULL, 3);
INSERT INTO work_order VALUES (1, 'a1', '129651', 1767614410000, 1767614410000, NULL, NULL,
    '{"number":"129651","customer":"Example","customer_url":null,"store_number":null,"site_name":null,
    "location_url":null,"address":{"street":null,"extra":[],"city":null,"state":null,"postal_code":null,"county":null},
    "services":[],"instructions":null,"visit":null,"visits_done":null,"visits_total":null,"status":null,"reason":null,
    "project":null,"po_number":null,"created_by":null,"created_at":null,"categories":[]}');
INSERT INTO setting VALUES ('notifications', 'off');
INSERT INTO sign_in VALUES (1, 'a1', 1767614402000, 'accepted');
INSERT INTO schedule VALUES (1, 'a1', 'work_orders', 'Work orders',
    '{"rule":{"kind":"every","minutes":30,"anchor_minute":15},
    "weekdays":[0,1,2,3,4,5,6],"active_hours":{"start":22,"end":6},"holidays":null}',
    'run_once', NULL, NULL, NULL, 1, 0, 0, 1767614400000, 1767614400000);
INSERT INTO schedule VALUES (7, 'a2', 'work_orders', 'Work orders',
    '{"rule":{"kind":"every","minutes":1440,"anchor_minute":5},
    "weekdays":[0,1,2,3,4,5,6],"active_hours":null,"holidays":null}',
    'run_once', NULL, NULL, NULL, 0, 0, 0, NULL, NULL);
INSERT INTO change VALUES (1, 1, 'a1', 1767614410000, '129651', 'new', '[]');
INSERT INTO daily_total VALUES (1, 'a1', 1, 1767571200000, 2, 1, 0, 0, 3, 1, 60, 2, 1, 0, 8.5, 1.25, '{}',
    '[1767614410000]');
PRAGMA user_version = 3;
"""
