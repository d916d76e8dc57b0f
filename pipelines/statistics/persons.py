"""People who are evaluated several times, as in several windows: one value per person.

A person's requests are not independent of each other, so they are averaged first, and intervals
are over people: the method of summary measures (Matthews et al. 1990, Analysis of serial
measurements in medical research, BMJ 300:230-235, doi:10.1136/bmj.300.6719.230).
"""

from __future__ import annotations

import numpy as np

from pipelines.schema import Doubles, Longs


def by_person(values: Doubles, persons: Longs) -> Doubles:
    """The mean of each person's requests, (n_persons, n_fits), in the order of their codes.

    `values` is (n_requests, n_fits), `persons` (n_requests,) holds codes from 0. Requests with a
    NaN in any fit are left out; NaN for a person who has no other.
    """
    there = ~np.isnan(values).any(axis=1)
    n = int(persons.max(initial=-1)) + 1
    count = np.bincount(persons[there], minlength=n)
    total = np.zeros((n, values.shape[1]))
    np.add.at(total, persons[there], values[there])
    with np.errstate(invalid="ignore"):  # a person without a value
        found: Doubles = total / count[:, None]
    return found


def change(first: tuple[Doubles, Longs], last: tuple[Doubles, Longs]) -> Doubles:
    """Contributions of the people to mean of `last` - mean of `first`, (n_people, n_fits).

    Each is given as values (n_requests, n_fits), one request per person, and the persons' codes.
    The contributions' mean is the change, and their standard error that of the change: the
    first-order expansion of two means over people of whom some are in both (Cochran 1977,
    Sampling Techniques, section 6.4).
    """
    n = 1 + max(int(persons.max(initial=-1)) for _, persons in (first, last))
    parts, means, seen = [], [], np.zeros(n, bool)
    for values, persons in (first, last):
        there = ~np.isnan(values).any(axis=1)
        values, persons = values[there], persons[there]
        mean = values.mean(axis=0)
        part = np.zeros((n, values.shape[1]))
        part[persons] = (values - mean) / len(values)
        parts.append(part)
        means.append(mean)
        seen[persons] = True
    found: Doubles = means[1] - means[0] + seen.sum() * (parts[1] - parts[0])[seen]
    return found
