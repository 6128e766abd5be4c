"""What price integrations say, shortened to some hours: attributes, and answers.

Shown by owners or in the integration's own documentation, and only shortened: EPEX_NET,
FRANK, OCTOPUS, OCTOPUS_OLD, STROMLIGNING, ZONNEPLAN, ZONNEPLAN_OLD. Put together from
what owners showed, with parts filled in where they showed none: ENERGI_DATA_SERVICE,
ENTSO_E, ENTSO_E_DAYS, EPEX_MARKET, NORD_POOL, NORD_POOL_CENTS, NORD_POOL_QUARTERS and
NORD_POOL_TWICE. All others are written after the shape that the integration's source or
interface has, and were recorded from nobody; so were all answers of actions.
"""

from typing import Any, Final

NORD_POOL: Final[dict[str, Any]] = {
    "average": 0.11541666666666667,
    "off_peak_1": -0.02875,
    "unit": "kWh",
    "currency": "SEK",
    "country": "Sweden",
    "region": "SE3",
    "low_price": True,
    "today": [-0.06, -0.06, -0.05],
    "tomorrow": [0.02, 0.02],
    "tomorrow_valid": True,
    "raw_today": [
        {
            "start": "2023-09-26T00:00:00+02:00",
            "end": "2023-09-26T01:00:00+02:00",
            "value": -0.06,
        },
        {
            "start": "2023-09-26T01:00:00+02:00",
            "end": "2023-09-26T02:00:00+02:00",
            "value": -0.05,
        },
    ],
    "raw_tomorrow": [
        {
            "start": "2023-09-27T00:00:00+02:00",
            "end": "2023-09-27T01:00:00+02:00",
            "value": 0.02,
        },
    ],
    "price_in_cents": False,
    "unit_of_measurement": "SEK/kWh",
}
NORD_POOL_CENTS: Final[dict[str, Any]] = {
    "unit": "kWh",
    "currency": "SEK",
    "price_in_cents": True,
    "raw_today": [
        {
            "start": "2022-11-16T00:00:00+01:00",
            "end": "2022-11-16T01:00:00+01:00",
            "value": 25.533,
        },
    ],
    "raw_tomorrow": [],
}
NORD_POOL_QUARTERS: Final[dict[str, Any]] = {
    "unit": "kWh",
    "currency": "EUR",
    "raw_today": [
        {
            "start": "2025-10-27T00:00:00+01:00",
            "end": "2025-10-27T00:15:00+01:00",
            "value": 0.342,
        },
        {
            "start": "2025-10-27T00:15:00+01:00",
            "end": "2025-10-27T00:30:00+01:00",
            "value": 0.214,
        },
        {
            "start": "2025-10-27T00:30:00+01:00",
            "end": "2025-10-27T00:45:00+01:00",
            "value": -0.042,
        },
    ],
    "raw_tomorrow": [],
    "unit_of_measurement": "c/kWh",
}
NORD_POOL_TWICE: Final[dict[str, Any]] = {
    "raw_today": [
        {
            "start": "2023-01-29T00:00:00+01:00",
            "end": "2023-01-29T01:00:00+01:00",
            "value": 0.852225,
        },
    ],
    "raw_tomorrow": [
        {
            "start": "2023-01-29T00:00:00+01:00",
            "end": "2023-01-29T01:00:00+01:00",
            "value": 0.852225,
        },
    ],
    "unit_of_measurement": "SEK/kWh",
}
ENERGI_DATA_SERVICE: Final[dict[str, Any]] = {
    "current_price": 0.7603168813600001,
    "unit": "kWh",
    "currency": "DKK",
    "region_code": "DK1",
    "tomorrow_valid": True,
    "today": [0.341, 0.405],
    "raw_today": [
        {"hour": "2024-12-20T00:00:00+01:00", "price": 0.341},
        {"hour": "2024-12-20T01:00:00+01:00", "price": 0.405},
    ],
    "raw_tomorrow": [{"hour": "2024-12-21T00:00:00+01:00", "price": 0.346}],
    "unit_of_measurement": "DKK/kWh",
}
ENTSO_E: Final[dict[str, Any]] = {
    "prices_today": [
        {"time": "2024-10-09 00:00:00+02:00", "price": 0.6239},
        {"time": "2024-10-09 01:00:00+02:00", "price": 0.62186},
    ],
    "prices_tomorrow": [{"time": "2024-10-10 00:00:00+02:00", "price": 0.51361}],
    "prices": [
        {"time": "2024-10-09 00:00:00+02:00", "price": 0.6239},
        {"time": "2024-10-09 01:00:00+02:00", "price": 0.62186},
        {"time": "2024-10-10 00:00:00+02:00", "price": 0.51361},
    ],
    "unit_of_measurement": "EUR/kWh",
}
ENTSO_E_DAYS: Final[dict[str, Any]] = {
    "prices_today": ENTSO_E["prices_today"],
    "prices_tomorrow": ENTSO_E["prices_tomorrow"],
}
EPEX_NET: Final[dict[str, Any]] = {
    "data": [
        {
            "start_time": "2022-12-15T23:00:00+00:00",
            "end_time": "2022-12-16T00:00:00+00:00",
            "price_ct_per_kwh": 29.63,
        },
        {
            "start_time": "2022-12-16T00:00:00+00:00",
            "end_time": "2022-12-16T01:00:00+00:00",
            "price_ct_per_kwh": 28.812,
        },
    ],
    "unit_of_measurement": "ct/kWh",
}
EPEX_MARKET: Final[dict[str, Any]] = {
    "data": [
        {
            "start_time": "2022-12-15T23:00:00+00:00",
            "end_time": "2022-12-16T00:00:00+00:00",
            "price_eur_per_mwh": 296.3,
        },
    ],
    "unit_of_measurement": "EUR/MWh",
}
EPEX: Final[dict[str, Any]] = {
    "data": [
        {
            "start_time": "2025-10-01T00:00:00+02:00",
            "end_time": "2025-10-01T00:15:00+02:00",
            "price_per_kwh": 0.09485,
        },
        {
            "start_time": "2025-10-01T00:15:00+02:00",
            "end_time": "2025-10-01T00:30:00+02:00",
            "price_per_kwh": 0.08882,
        },
    ],
    "unit_of_measurement": "€/kWh",
}
AWATTAR: Final[dict[str, Any]] = {
    "object": "list",
    "data": [
        {
            "start_timestamp": 1428591600000,
            "end_timestamp": 1428595200000,
            "marketprice": 42.09,
            "unit": "Eur/MWh",
        },
        {
            "start_timestamp": 1428595200000,
            "end_timestamp": 1428598800000,
            "marketprice": -3.1,
            "unit": "Eur/MWh",
        },
    ],
    "url": "/de/v1/marketdata",
}
OCTOPUS: Final[dict[str, Any]] = {
    "event_types": ["octopus_energy_electricity_current_day_rates"],
    "event_type": "octopus_energy_electricity_current_day_rates",
    "rates": [
        {
            "start": "2025-12-30T00:00:00+00:00",
            "end": "2025-12-30T00:30:00+00:00",
            "value_inc_vat": 0.15834,
            "is_capped": False,
        },
        {
            "start": "2025-12-30T00:30:00+00:00",
            "end": "2025-12-30T01:00:00+00:00",
            "value_inc_vat": 0.168945,
            "is_capped": False,
        },
    ],
}
OCTOPUS_OLD: Final[dict[str, Any]] = {
    "rates": [
        {
            "valid_from": "2023-09-18T16:00:00+00:00",
            "valid_to": "2023-09-18T16:30:00+00:00",
            "value_inc_vat": 42.413175,
            "is_capped": False,
            "is_intelligent_adjusted": False,
        },
    ],
}
TIBBER_REST: Final[dict[str, Any]] = {
    "today": [
        {
            "total": 0.2748,
            "energy": 0.1198,
            "tax": 0.155,
            "startsAt": "2024-02-06T00:00:00.000+01:00",
            "level": "CHEAP",
        },
        {
            "total": 0.2731,
            "energy": 0.1184,
            "tax": 0.1547,
            "startsAt": "2024-02-06T01:00:00.000+01:00",
            "level": "CHEAP",
        },
    ],
    "tomorrow": [],
}
ZONNEPLAN: Final[dict[str, Any]] = {
    "forecast": [
        {
            "datetime": "2026-06-05T10:00:00.000000Z",
            "electricity_price": 0.1984,
            "electricity_price_excl_tax": 0.0875,
            "tariff_group": "low",
        },
        {
            "datetime": "2026-06-05T11:00:00.000000Z",
            "electricity_price": 0.1722,
            "electricity_price_excl_tax": 0.0614,
            "tariff_group": "low",
        },
    ],
    "unit_of_measurement": "€/kWh",
}
ZONNEPLAN_OLD: Final[dict[str, Any]] = {
    "forecast": [
        {
            "electricity_price": 1426213,
            "electricity_price_excl_tax": 197579,
            "tariff_group": "low",
            "datetime": "2025-05-18T14:00:00.000000Z",
        },
    ],
    "unit_of_measurement": "€/kWh",
}
FRANK: Final[dict[str, Any]] = {
    "state_class": "measurement",
    "prices": [
        {
            "from": "2025-07-02T22:00:00+00:00",
            "till": "2025-07-02T23:00:00+00:00",
            "price": 0.08392,
        },
        {
            "from": "2025-07-02T23:00:00+00:00",
            "till": "2025-07-03T00:00:00+00:00",
            "price": 0.08091,
        },
    ],
}
STROMLIGNING: Final[dict[str, Any]] = {
    "state_class": "total",
    "prices": [
        {
            "start": "2025-08-29T00:00:00+02:00",
            "end": "2025-08-29T01:00:00+02:00",
            "price": 2.040675,
        },
        {
            "start": "2025-08-29T01:00:00+02:00",
            "end": "2025-08-29T02:00:00+02:00",
            "price": 2.02415,
        },
    ],
}
AMBER: Final[dict[str, Any]] = {
    "forecasts": [
        {
            "duration": 30,
            "date": "2021-09-21",
            "nem_date": "2021-09-21T09:00:00+10:00",
            "per_kwh": 0.09,
            "spot_per_kwh": 0.01,
            "start_time": "2021-09-21T08:30:00+10:00",
            "end_time": "2021-09-21T09:00:00+10:00",
            "renewables": 50,
            "spike_status": "none",
            "descriptor": "very_low",
        },
    ],
}
BY_MOMENT: Final[dict[str, Any]] = {
    "2022-12-07T00:00:00+01:00": 5.821,
    "2022-12-07T01:00:00+01:00": 5.603,
    "unit_of_measurement": "CZK/kWh",
    "device_class": "monetary",
    "friendly_name": "Current Spot Electricity Price",
}
PVPC: Final[dict[str, Any]] = {
    "tariff": "2.0TD",
    "price_00h": 0.19333,
    "price_01h": 0.18474,
    "price_02h": 0.18023,
    "price_next_day_00h": 0.1624,
    "unit_of_measurement": "€/kWh",
}
PVPC_AUTUMN: Final[dict[str, Any]] = {
    "price_01h": 0.1,
    "price_02h": 0.2,
    "price_02h_d": 0.3,
    "price_03h": 0.4,
}

NORD_POOL_ANSWER: Final[dict[str, Any]] = {
    "SE3": [
        {
            "start": "2024-11-04T23:00:00+00:00",
            "end": "2024-11-05T00:00:00+00:00",
            "price": 250.73,
        },
        {
            "start": "2024-11-05T00:00:00+00:00",
            "end": "2024-11-05T01:00:00+00:00",
            "price": -7.17,
        },
    ],
}
TIBBER_ANSWER: Final[dict[str, Any]] = {
    "prices": {
        "Home": [
            {"start_time": "2024-01-01T00:00:00.000+01:00", "price": 0.46914},
            {"start_time": "2024-01-01T01:00:00.000+01:00", "price": 0.46914},
        ],
    },
}
ENERGYZERO_ANSWER: Final[dict[str, Any]] = {
    "prices": [
        {
            "price": 0.20332,
            "timestamp": "2024-05-27 22:00:00+00:00",
            "start": "2024-05-27 22:00:00+00:00",
            "end": "2024-05-27 23:00:00+00:00",
        },
        {
            "price": 0.11,
            "timestamp": "2024-05-27 23:00:00+00:00",
            "start": "2024-05-27 23:00:00+00:00",
            "end": "2024-05-28 00:00:00+00:00",
        },
    ],
}
EASYENERGY_ANSWER: Final[dict[str, Any]] = {
    "prices": [
        {"price": 0.13, "timestamp": "2024-05-27 22:00:00+00:00"},
        {"price": 0.12, "timestamp": "2024-05-27 23:00:00+00:00"},
    ],
}
