"""The kinds of job there are: what the scrape is asked for, one entry a kind."""

from __future__ import annotations

from dataclasses import dataclass

WORK_ORDERS = "work_orders"
TEST_SIGN_IN = "test_sign_in"


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job. `name` is what the request calls it; `orders` whether work orders are its answer."""

    name: str
    orders: bool


JOBS = {job.name: job for job in (JobKind(WORK_ORDERS, orders=True), JobKind(TEST_SIGN_IN, orders=False))}
