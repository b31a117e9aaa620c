"""The orders that the recorded fragments hold, read off their HTML by hand."""

from __future__ import annotations

from datetime import date, datetime

from fossatray.core.orders import Address, Service, Visit, WorkOrder

ORIGIN = "https://portal.example"
AT = f"{ORIGIN}/app"

HWY = ("88 W. Fictional Hwy", (), "Demo Beach", "ST", "00004")
STREET = ("101 Example Street", (), "Anytown", "ST", "00001")
ROAD = ("2202 Sample Road", (), "Sampleville", "ST", "00002-0123")
STATE_ROAD = ("7077 State Road 99", (), "Mock City", "ST", "00003")
PARKWAY = ("14404 Demo Parkway", (), "Demo Beach", "ST", "00004")

METER = ("Meter Calibration",)
ALL_DISPENSERS = ("Meter Calibration", "All Dispensers", "2861")
FILTER_CHANGE = Service("Meter Calibration", "Filter change", "3006", 1)
PACKAGE = Service("Combo", "7-11 Calibration Services", "CAL-SERV", 1)
OPEN_NECK = ("Meter Calibration", "Open Neck Prover - Quality", "3146")

WAWA_TEXT = (
    "2025 AccuMeasure - Change and date all GAS (Reg, Prem, E-15 and E-Free) filters "
    "with CimTek 450-MB 10 , Diesel filters with CimTek 450-MG 10 and E-85 with CimTek 70991 5 micron (5.5 inch) "
    "RETURN CRIND KEYS to the MANAGER"
)
ELEVEN_TEXT = (
    "Calibrate all dispensers and change filters. Refer to the filter specification list for the proper filter. "
    "Put calibration Stickers on the inner side of dispenser uprights, take fuel samples, and take photos. "
    "Be sure to upload the photos to the Accumeasure Site Survey in the Vault."
)
DISPENSERS_TEXT = "Calibrate Dispensers:\n#3/4 all grades and change filters\n#19/20 all grades and change filters"


def order(  # noqa: PLR0913 - an order has that many fields
    number: int,
    customer: tuple[int, str],
    store: str,
    site: str,
    address: tuple[str, tuple[str, ...], str, str, str],
    county: str,
    services: tuple[Service, ...],
    instructions: str,
    created: tuple[str, datetime],
    *,
    visit: date | None,
    due: date | None = None,
    reason: str | None = "AccuMeasure",
    project: str | None = None,
    po_number: str | None = None,
    categories: tuple[str, ...] = METER,
    status: str = "Work Created",
    done: int = 0,
) -> WorkOrder:
    """An order as the fragments hold it: location and visit ids follow from its number."""
    street, extra, city, state, postal_code = address
    return WorkOrder(
        number=str(number),
        customer=customer[1],
        customer_url=f"{AT}/customers/{customer[0]}/",
        store_number=store,
        site_name=site,
        location_url=f"{AT}/customers/locations/{number - 70_000}/",
        address=Address(street, extra, city, state, postal_code, f"{county} County"),
        services=services,
        instructions=instructions,
        visit=None
        if visit is None
        else Visit(str(number + 100_000), f"{AT}/work/{number}/visits/{number + 100_000}/", visit, "anytime", due),
        visits_done=done,
        visits_total=1,
        status=status,
        reason=reason,
        project=project,
        po_number=po_number,
        created_by=created[0],
        created_at=created[1],
        categories=categories,
    )


WAWA, ELEVEN, CIRCLE_K, SPEEDWAY = (
    (9001, "Wawa"),
    (9002, "7-Eleven Stores, Inc"),
    (9003, "Circle K Stores Florida Region"),
    (9004, "Speedway LLC"),
)
WAWA_PROJECT, ELEVEN_PROJECT = "Wawa 2025 AccuMeasure", "7-11 Calibrations 2025"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


FILTERED = [
    order(
        100040,
        WAWA,
        "#7147",
        "Wawa",
        HWY,
        "Example",
        (Service(*ALL_DISPENSERS, 8), FILTER_CHANGE),
        WAWA_TEXT,
        ("Casey Example", at("2024-01-13T16:33")),
        visit=date(2025, 6, 30),
        due=date(2025, 7, 3),
        project=WAWA_PROJECT,
    ),
    order(
        100041,
        ELEVEN,
        "#58258",
        "7-Eleven",
        STREET,
        "Sample",
        (PACKAGE, Service(*ALL_DISPENSERS, 6)),
        ELEVEN_TEXT,
        ("Jordan Sample", at("2025-01-14T05:40")),
        visit=date(2025, 7, 3),
        due=date(2025, 5, 1),
        project=ELEVEN_PROJECT,
    ),
    order(
        100042,
        WAWA,
        "#3693",
        "Wawa",
        ROAD,
        "Demo",
        (Service("Meter Calibration", "Per Dispenser", "3002", 8), FILTER_CHANGE),
        DISPENSERS_TEXT,
        ("Riley Placeholder", at("2025-01-15T18:47")),
        visit=date(2025, 7, 21),
        due=date(2025, 8, 1),
        reason="Post Construction Accumeasure",
        po_number="PO0000001",
        categories=("Meter Calibration", "Post Construction"),
    ),
    order(
        100043,
        WAWA,
        "#1471",
        "Wawa",
        ("303 S Placeholder Ave", ("Demo Rd & Example Ave",), "Mock City", "ST", "00003"),
        "Example",
        (Service(*ALL_DISPENSERS, 0), FILTER_CHANGE),
        f"Day 2 of 2\n\n{WAWA_TEXT}",
        ("Casey Example", at("2025-01-16T07:54")),
        visit=date(2025, 7, 25),
        due=date(2025, 8, 8),
        project=WAWA_PROJECT,
    ),
    order(
        100044,
        ELEVEN,
        "#82582",
        "7-Eleven",
        PARKWAY,
        "Sample",
        (PACKAGE, Service(*ALL_DISPENSERS, 6)),
        ELEVEN_TEXT,
        ("Jordan Sample", at("2025-01-17T08:01")),
        visit=date(2025, 8, 29),
        due=date(2025, 6, 14),
        project=ELEVEN_PROJECT,
    ),
]

UNFILTERED = [
    order(
        100095,
        ELEVEN,
        "#58258",
        "7-Eleven",
        STATE_ROAD,
        "Sample",
        (PACKAGE, Service(*ALL_DISPENSERS, 6)),
        ELEVEN_TEXT,
        ("Jordan Sample", at("2025-01-14T05:58")),
        visit=date(2025, 8, 29),
        due=date(2025, 6, 14),
        project=ELEVEN_PROJECT,
    ),
    order(
        100096,
        WAWA,
        "#3693",
        "Wawa",
        HWY,
        "Demo",
        (Service(*ALL_DISPENSERS, 8), FILTER_CHANGE),
        WAWA_TEXT,
        ("Riley Placeholder", at("2024-01-15T18:05")),
        visit=date(2025, 8, 28),
        due=date(2025, 9, 25),
        project=WAWA_PROJECT,
    ),
    order(
        100097,
        CIRCLE_K,
        "#1471471",
        "Circle K",
        STREET,
        "Example",
        (Service(*OPEN_NECK, 9),),
        DISPENSERS_TEXT,
        ("Casey Example", at("2025-01-16T19:12")),
        visit=date(2025, 6, 27),
        reason="Compliance",
        po_number="PO0000001",
        categories=("Meter Calibration", "Quality Calibration"),
    ),
    order(
        100098,
        ELEVEN,
        "#82582",
        "7-Eleven",
        ROAD,
        "Sample",
        (Service("Meter Calibration", "Specific Dispenser(s) - See Notes", "2862", 1),),
        DISPENSERS_TEXT,
        ("Jordan Sample", at("2025-01-17T20:19")),
        visit=date(2025, 6, 20),
        project=ELEVEN_PROJECT,
        categories=("Meter Calibration", "AccuMeasure Clean-Up"),
    ),
    order(
        100099,
        CIRCLE_K,
        "#6936936",
        "Circle K",
        ("303 S Placeholder Ave", (), "Mock City", "ST", "00003"),
        "Demo",
        (Service(*OPEN_NECK, 8),),
        "CALIBRATE ALL METERS",
        ("Riley Placeholder", at("2025-01-18T09:26")),
        visit=date(2025, 6, 20),
        po_number="PO0000001",
        categories=("Quality Calibration", "Meter Calibration"),
    ),
    order(
        100100,
        ELEVEN,
        "#47147",
        "7-Eleven",
        PARKWAY,
        "Example",
        (PACKAGE, Service(*ALL_DISPENSERS, 6)),
        ELEVEN_TEXT,
        ("Casey Example", at("2025-01-19T01:33")),
        visit=date(2025, 6, 18),
        due=date(2025, 5, 17),
        project=ELEVEN_PROJECT,
    ),
    order(
        100101,
        ELEVEN,
        "#25825",
        "7-Eleven",
        ("5005 Testing Blvd", ("Exit 12 & Sample Way",), "Anytown", "ST", "00001"),
        "Sample",
        (
            PACKAGE,
            Service(*ALL_DISPENSERS, 6),
            Service("Parts", "Filter", "400HS-10", 2),
            Service("Parts", "Filter", "400MB-10", 12),
        ),
        ELEVEN_TEXT,
        ("Jordan Sample", at("2025-01-20T02:40")),
        visit=None,
        project=ELEVEN_PROJECT,
        status="Quality Approved",
        done=1,
    ),
    order(
        100102,
        CIRCLE_K,
        "#9369369",
        "Circle K",
        ("606 North Mock Lane", (), "Sampleville", "ST", "00002-0123"),
        "Demo",
        (Service(*OPEN_NECK, 2),),
        "Calibrate all meters",
        ("Riley Placeholder", at("2025-01-21T15:47")),
        visit=None,
        po_number="PO0000001",
        categories=("Quality Calibration", "Meter Calibration"),
        done=1,
    ),
]

VARIANTS = [
    order(
        100103,
        SPEEDWAY,
        "#71471/7147",
        "Speedway",
        STATE_ROAD,
        "Example",
        (PACKAGE, Service(*ALL_DISPENSERS, 7)),
        ELEVEN_TEXT,
        ("Casey Example", at("2025-01-22T04:54")),
        visit=date(2025, 5, 15),
        due=date(2025, 4, 30),
        project=ELEVEN_PROJECT,
    ),
    order(
        100104,
        CIRCLE_K,
        "#5825825",
        "Circle K",
        HWY,
        "Sample",
        (Service(*OPEN_NECK, 2),),
        DISPENSERS_TEXT,
        ("Jordan Sample", at("2025-01-23T17:01")),
        visit=date(2025, 5, 1),
        categories=("Meter Calibration", "Quality Calibration"),
    ),
]
