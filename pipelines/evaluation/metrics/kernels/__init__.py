"""Compiled loops over places; numba is imported where one of these modules is."""
