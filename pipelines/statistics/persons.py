"""Means over requests of people who may have made several, as in several windows.

A person's requests are not independent of each other, so intervals are over people: each person
contributes a value whose mean is the mean over all requests, and whose variance over people is
the cluster-robust one. Sources: Liang & Zeger 1986, Biometrika 73:13-22,
doi:10.1093/biomet/73.1.13; Deng, Knoblich & Lu 2018, doi:10.1145/3219819.3219919.
"""

from __future__ import annotations

import numpy as np

from pipelines.schema import Doubles, Longs


def contributions(values: Doubles, persons: Longs) -> Doubles:
    """Each person's contribution to the mean over requests, (n_persons, n_fits), by their codes.

    `values` is (n_requests, n_fits), `persons` (n_requests,) holds codes from 0. With the mean m
    over M requests of N people it is m + N / M × the sum over the person's requests of (value
    - m): the value itself where everybody made one request. It is linear in the values, and may
    lie outside their range. Requests with a NaN in any fit are left out; NaN for a person who has
    no other.
    """
    there = ~np.isnan(values).any(axis=1)
    whose, given = persons[there], values[there]
    n = int(persons.max(initial=-1)) + 1
    requests = np.bincount(whose, minlength=n)
    mean = given.mean(axis=0) if len(given) else np.full(values.shape[1], np.nan)
    total = np.zeros((n, values.shape[1]))
    np.add.at(total, whose, given - mean)
    found: Doubles = mean + (requests > 0).sum() / max(1, len(given)) * total
    found[requests == 0] = np.nan
    return found


def change(first: tuple[Doubles, Longs], last: tuple[Doubles, Longs]) -> Doubles:
    """Contributions of the people to mean of `last` - mean of `first`, (n_people, n_fits).

    Each is given as values (n_requests, n_fits), one request per person, and the persons' codes.
    As `contributions`: the mean of the contributions is the change, their standard error that
    of the change, whether a person is in one of the two or in both.
    """
    n = 1 + max(int(persons.max(initial=-1)) for _, persons in (first, last))
    parts, means, seen = [], [], np.zeros(n, bool)
    for values, persons in (first, last):
        there = ~np.isnan(values).any(axis=1)
        whose, given = persons[there], values[there]
        mean = given.mean(axis=0)
        part = np.zeros((n, given.shape[1]))
        part[whose] = (given - mean) / len(given)
        parts.append(part)
        means.append(mean)
        seen[whose] = True
    found: Doubles = means[1] - means[0] + seen.sum() * (parts[1] - parts[0])[seen]
    return found
