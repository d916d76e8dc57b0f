"""A bake-off for tests of decisions."""


def bakeoff(built="better", vendor=None, dataset="mine", **changes):
    """Two-stage and, with `vendor`, a third party against Popular, with these outcomes."""
    contenders = [
        {"name": "popular", "kind": "baseline", "status": "scored"},
        {"name": "random", "kind": "baseline", "status": "scored"},
        {
            "name": "two-stage",
            "kind": "built",
            "status": "scored",
            "fit_seconds": 60.0,
            "request_ms": {"p50": 4.0, "p95": 8.0},
            "model_mb": 120.0,
        },
        {"name": "stand-in (not Amazon)", "kind": "stand-in", "status": "scored"},
    ]
    rows = [
        ("two-stage", "popular", "ndcg@10", built),
        ("two-stage", "random", "ndcg@10", "better"),
        ("two-stage", "popular", "recall@10", "better"),
        ("stand-in (not Amazon)", "popular", "ndcg@10", "better"),
        ("two-stage", "stand-in (not Amazon)", "ndcg@10", "worse"),
    ]
    if vendor:
        contenders.append({"name": "vendor", "kind": "third-party", "status": "scored"})
        rows += [
            ("vendor", "popular", "ndcg@10", vendor),
            ("vendor", "two-stage", "ndcg@10", "equivalent"),
        ]
    return {
        "id": "b7",
        "dataset": dataset,
        "manifest": {"metric": "ndcg@10", "baseline": "popular"},
        "contenders": contenders,
        "comparisons": [
            {
                "contender": c,
                "baseline": b,
                "metric": m,
                "outcome": o,
                "difference": 0.5,
                "low": 0.4,
                "high": 0.6,
            }
            for c, b, m, o in rows
        ],
    } | changes
