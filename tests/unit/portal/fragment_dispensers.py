"""The dispensers that the recorded fragment holds, read off its HTML by hand."""

from __future__ import annotations

from fossatray.core.dispensers import Dispenser

_WITH_PREMIUM = ("Regular", "Plus", "Premium", "Diesel", "Super")
_ETHANOL_FREE = ("Regular", "Plus", "Diesel", "Ethanol-Free Gasoline Plus", "Super")


def _gilbarco(numbers: str, grades: tuple[str, ...], model: str | None, serial: str, nozzles: int) -> Dispenser:
    return Dispenser(
        numbers=numbers,
        grades=grades,
        make="Gilbarco",
        model=model,
        serial=serial,
        stand_alone_code="0128",
        nozzles_per_side=nozzles,
        meter_type="Electronic",
    )


EXPANDED = [
    _gilbarco("1/2", _ETHANOL_FREE, "NL3", "EN00000000", 3),
    _gilbarco("3/4", _WITH_PREMIUM, "NL2", "EN00000001", 2),
    _gilbarco("5/6", _WITH_PREMIUM, "NL2", "EN00000002", 2),
    _gilbarco("7/8", _ETHANOL_FREE, "NL3", "EN00000003", 3),
    _gilbarco("9/10", _ETHANOL_FREE, "NL3", "EN00000004", 3),
    _gilbarco("11/12", _WITH_PREMIUM, "NL2", "EN00000005", 2),
    _gilbarco("13/14", ("Regular", "Plus", "Premium", "Super", "Diesel"), None, "EN00000006", 2),
    _gilbarco("15/16", _ETHANOL_FREE, "NL3", "EN00000007", 3),
]
