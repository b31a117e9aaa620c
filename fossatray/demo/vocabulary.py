"""The portal's words: chains, services, categories, reasons, instruction phrases, and made-up places and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CATEGORY_COLOURS: Final = {
    "Meter Calibration": "rgb(128, 0, 255)",
    "Quality Calibration": "rgb(255, 0, 0)",
    "AccuMeasure Clean-Up": "rgb(100, 181, 246)",
    "Post Construction": "rgb(255, 97, 0)",
}
STATUS_CLASSES: Final = {"Work Created": "work-status-open", "Quality Approved": "work-status-in-progress"}

METER: Final = "Meter Calibration"
ALL_DISPENSERS: Final = ("All Dispensers", "2861")
SPECIFIC: Final = ("Specific Dispenser(s) - See Notes", "2862")
PER_DISPENSER: Final = ("Per Dispenser", "3002")
OPEN_NECK: Final = ("Open Neck Prover - Quality", "3146")
FILTER_CHANGE: Final = ("Filter change", "3006")
FILTER_PARTS: Final = ("400HS-10", "400MB-10")
CALIBRATION_PACKAGE: Final = ("7-11 Calibration Services", "CAL-SERV")


@dataclass(frozen=True, slots=True)
class Chain:
    """A customer with its sites: how store numbers look, who pays and under which terms."""

    key: str
    customer: str
    customer_id: int
    site_names: tuple[str, ...]
    project: str | None
    terms: str
    has_billing_account: bool
    department: str | None
    weight: int


CHAINS: Final = (
    Chain("wawa", "Wawa", 9001, ("Wawa",), "Wawa 2025 AccuMeasure", "Net 30", True, "Fuel Equipment", 45),
    Chain(
        "eleven",
        "7-Eleven Stores, Inc",
        9002,
        ("7-Eleven", "7-Eleven", "Speedway"),
        "7-11 Calibrations 2025",
        "Net 30",
        True,
        None,
        35,
    ),
    Chain("circle", "Circle K Stores Florida Region", 9003, ("Circle K",), None, "Net 45", True, None, 14),
    Chain("speedway", "Speedway LLC", 9004, ("Speedway",), "7-11 Calibrations 2025", "Net 30", False, None, 6),
)

WAWA_TEXT: Final = (
    "2025 AccuMeasure - Change and date all GAS (Reg, Prem, E-15 and E-Free) filters with CimTek 450-MB 10 , "
    "Diesel filters with CimTek 450-MG 10 and E-85 with CimTek 70991 5 micron (5.5 inch) "
    "RETURN CRIND KEYS to the MANAGER"
)
ELEVEN_TEXT: Final = (
    "Calibrate all dispensers and change filters. Refer to the filter specification list for the proper filter. "
    "Put calibration Stickers on the inner side of dispenser uprights, take fuel samples, and take photos. "
    "Be sure to upload the photos to the Accumeasure Site Survey in the Vault."
)
SPECIFIC_TEXTS: Final = (
    "Calibrate Dispensers:\n#3/4 all grades and change filters\n#19/20 all grades and change filters",
    "Calibrate Dispenser #8 Plus and Premium.",
    "Calibrate Dispensers:\n#1/2 Diesel\n#5/6 all grades\n\nCall the store manager one hour ahead – «llamar antes».",
)
CIRCLE_TEXTS: Final = (
    "CALIBRATE ALL METERS",
    "Calibrate all meters",
    (
        "Priority: 3 - Moderate priority\nAsset: dispenser - 3&4 of 4 - Fuel\n"
        "Issue: Meter drift on Regular & Diesel, 70/30 blend"
    ),
    "post construction - calibrate all meters before opening",
)

CITIES: Final = (
    ("Palm Hollow", "33901", "Example County"),
    ("St. Sample Beach", "32084", "Sample County"),
    ("Demo Springs", "32701-0123", "Demo County"),
    ("Port Mockingbird", "346680042", "Mock County"),
    ("Cañon Vista", "33455", "Santa Inés County"),
    ("Lake Placeholder", "33852", "Example County"),
    ("Fictional Key", "33040-7710", "De Mo County"),
)
STREETS: Final = (
    "Example Street",
    "W. Fictional Hwy",
    "Sample Road",
    "S Placeholder Ave",
    "Demo Parkway",
    "State Road 99",
    "Mock Lane North",
    "US Hwy 00",
    "Avenida Inés",
)
CROSS_LINES: Final = (
    "Demo Rd & Example Ave",
    "Exit 12 & Sample Way",
    "Suite 4B",
    "NEC of Mock Blvd & 3rd St",
    "@ Fictional Trl",
)
PEOPLE: Final = (
    "Casey Example",
    "Jordan Sample",
    "Riley Placeholder",
    "Zoë Ångström-Demo",
    "María de la Prueba",
    "Taylor Q. Fixture III",
)
CONTACTS: Final = ("Pat Contact", "Alex Contact", "Sam Contact", "Renée Contact")
REASONS: Final = ("AccuMeasure", "Post Construction Accumeasure", "Compliance")

MAKES: Final = ("Gilbarco", "Dresser Wayne")
MODELS: Final = ("NN1", "NL1", "NL3", "NL2", "NN2", "NF7", "NAO", "NG4", "Encore", "Advantage")
WAYNE_MODELS: Final = ("Ovation B12", "Ovation B23")
GRADE_LISTS: Final = (
    "Regular, Plus, Premium, Diesel, Super",
    "Regular, Plus, Diesel, Ethanol-Free Gasoline Plus, Super",
    "Regular, Plus, Premium",
    "Regular, Midgrade 89, Premium, Diesel",
    "Regular, Plus, Super Premium, Ultra",
    "Diesel",
    "Multi-Product Disp",
)
STAND_ALONE_CODES: Final = ("0128", "0128", "0128", "0128", "2222", "2535", "Receipt(s)", "")
METER_TYPES: Final = ("HD Meter", "Electronic", "Mechanical", "Ecometer", "I-Meter", "")
NTEP_NUMBERS: Final = ("02-19A29 (All Gilbarco including High-Flow)", "99-045A10", "99-178")
