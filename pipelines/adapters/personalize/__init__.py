"""Amazon Personalize through boto3: real time, batch, and what both are checked against."""

from pipelines.adapters.personalize.adapter import Personalize

__all__ = ["Personalize"]
