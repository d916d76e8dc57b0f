"""A complete case for tests of the Decide page."""

COMPLETE = {
    "core_business": "no",
    "margin": {"low": 2000.0, "mode": 4000.0, "high": 6000.0},
    "open_rate": 0.6,
    "requests": 1e6,
    "popularity.uplift": 0.01,
    "buy.uplift": {"low": 0.01, "mode": 0.02, "high": 0.04},
    "buy.price": "google-recommendations",
    "build.uplift": 0.024,
}
