"""Compiled loops over lists; importing one of these modules imports numba."""
