"""`python -m pipelines.cli`: the same as `assay`."""

from pipelines.cli.main import main

main()
