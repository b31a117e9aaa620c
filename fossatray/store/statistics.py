"""Statistics over a period, from the runs and occurrences kept and the totals of the days before: one pass each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fossatray.core.runs import DISPENSERS, Counts
from fossatray.core.statistics import PORTAL_PHASES, Statistics, bucket_value, median, percentile
from fossatray.store.convert import from_ms, to_ms
from fossatray.store.history import Query

DAY_MS = 24 * 60 * 60 * 1000
PORTAL_SQL = " + ".join(f"coalesce(json_extract(run.phases, '$.{name}'), 0)" for name in PORTAL_PHASES)
OF_DISPENSERS = f"(run.job = '{DISPENSERS}')"
OF_ORDERS = f"(run.job <> '{DISPENSERS}')"
"""1 for a run that read the one or the other, else 0: what it found is counted there alone."""
ALL_SQL = "coalesce((SELECT sum(value) FROM json_each(run.phases)), 0)"


class _Asked:
    """The conditions of one question, as SQL with its values, for each of the tables."""

    def __init__(
        self, since: datetime | None, until: datetime | None, account_id: str | None, schedule_id: int | None
    ) -> None:
        self._since, self._until = to_ms(since), to_ms(until)
        self._account, self._schedule = account_id, schedule_id

    def runs(self) -> tuple[str, list[Any]]:
        """Return what selects from `run`."""
        return self._where("started_at", ["outcome IS NOT NULL"], "account_id = ?", "schedule_id = ?")

    def occurrences(self) -> tuple[str, list[Any]]:
        """Return what selects from `occurrence`: those that became no run."""
        of_account = "schedule_id IN (SELECT id FROM schedule WHERE account_id = ?)"
        return self._where("planned_at", ["fate <> 'run'"], of_account, "schedule_id = ?")

    def days(self) -> tuple[str, list[Any]]:
        """Return what selects from `daily_total`: by the middle of the day."""
        return self._where(f"day + {DAY_MS // 2}", [], "account_id = ?", "schedule_id = ?")

    def _where(self, at: str, always: list[str], account: str, schedule: str) -> tuple[str, list[Any]]:
        given = [
            (f"{at} >= ?", self._since),
            (f"{at} < ?", self._until),
            (account, self._account),
            (schedule, self._schedule),
        ]
        chosen = [(text, value) for text, value in given if value is not None]
        return " AND ".join([*always, *(text for text, _ in chosen)]) or "1", [value for _, value in chosen]


def statistics(
    query: Query,
    since: datetime | None,
    until: datetime | None,
    account_id: str | None,
    schedule_id: int | None,
) -> Statistics:
    """Return the statistics of [since, until), of one account or schedule, or of all."""
    asked = _Asked(since, until, account_id, schedule_id)
    sums = _sums(query, asked)
    weighted = _durations(query, asked)
    middle, high = median(weighted), percentile(weighted, 95)
    gap, last = _gaps(query, asked)
    return Statistics(
        since,
        until,
        succeeded=sums[0],
        failed=sums[1],
        cancelled=sums[2],
        interrupted=sums[3],
        skipped=sums[4],
        missed=sums[5],
        counts=Counts(*sums[6:10]),
        median_seconds=None if middle is None else middle / 1000,
        p95_seconds=None if high is None else high / 1000,
        portal_seconds=float(sums[10]),
        own_seconds=float(sums[11]),
        longest_gap=None if gap is None else timedelta(milliseconds=gap),
        last_success=from_ms(last),
        dispensers=Counts(*(int(value) for value in sums[12:16])),
    )


def _sums(query: Query, asked: _Asked) -> Sequence[Any]:
    """Return the sums in the order of the columns below."""
    (runs, of_runs), (others, of_others), (days, of_days) = asked.runs(), asked.occurrences(), asked.days()
    sql = f"""
        SELECT total(a), total(b), total(c), total(d), total(e), total(f), total(g), total(h), total(i), total(j),
            total(k), total(l) - total(k), total(m), total(n), total(o), total(p)
        FROM (
            SELECT outcome = 'succeeded' AS a, outcome = 'failed' AS b, outcome = 'cancelled' AS c,
                outcome = 'interrupted' AS d, 0 AS e, 0 AS f, {OF_ORDERS} * found AS g, {OF_ORDERS} * new AS h,
                {OF_ORDERS} * changed AS i, {OF_ORDERS} * archived AS j, {PORTAL_SQL} AS k, {ALL_SQL} AS l,
                {OF_DISPENSERS} * found AS m, {OF_DISPENSERS} * new AS n, {OF_DISPENSERS} * changed AS o,
                {OF_DISPENSERS} * archived AS p
            FROM run WHERE {runs}
            UNION ALL
            SELECT 0, 0, 0, 0, fate = 'skipped', fate = 'missed', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
            FROM occurrence WHERE {others}
            UNION ALL
            SELECT succeeded, failed, cancelled, interrupted, skipped, missed, found, new, changed, archived,
                portal_seconds, portal_seconds + own_seconds, dispensers_found, dispensers_new, dispensers_changed,
                dispensers_archived
            FROM daily_total WHERE {days})"""  # noqa: S608 - fixed texts; values are bound
    found = query(sql, [*of_runs, *of_others, *of_days])
    if not found:
        return [0] * 16
    return [*(int(value) for value in tuple(found[0])[:10]), *tuple(found[0])[10:]]


def _durations(query: Query, asked: _Asked) -> list[tuple[float, int]]:
    """Return the durations of successful runs in milliseconds, each with how many there are."""
    (runs, of_runs), (days, of_days) = asked.runs(), asked.days()
    sql = f"""
        SELECT max(finished_at - started_at, 0) AS spent, NULL AS durations
        FROM run WHERE outcome = 'succeeded' AND {runs}
        UNION ALL
        SELECT NULL, durations FROM daily_total WHERE {days}"""  # noqa: S608 - fixed texts; values are bound
    found: list[tuple[float, int]] = []
    for row in query(sql, [*of_runs, *of_days]):
        if row["durations"] is None:
            found.append((row["spent"], 1))
        else:
            found += [(bucket_value(number), count) for number, count in histogram_from(row["durations"]).items()]
    return found


def _gaps(query: Query, asked: _Asked) -> tuple[int | None, int | None]:
    """Return the longest time between two successes of one account, and when the last was, in milliseconds."""
    (runs, of_runs), (days, of_days) = asked.runs(), asked.days()
    sql = f"""
        SELECT max(gap) AS gap, max(at) AS last FROM (
            SELECT at, at - lag(at) OVER (PARTITION BY account_id ORDER BY at) AS gap FROM (
                SELECT account_id, finished_at AS at FROM run WHERE outcome = 'succeeded' AND {runs}
                UNION ALL
                SELECT account_id, value FROM daily_total, json_each(successes) WHERE {days}))"""  # noqa: S608
    found = query(sql, [*of_runs, *of_days])
    return (found[0]["gap"], found[0]["last"]) if found else (None, None)


def histogram_from(text: str) -> dict[int, int]:
    """Return the histogram of the JSON text kept."""
    return {int(number): count for number, count in json.loads(text).items()}
