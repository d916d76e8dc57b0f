"""Settings of a Personalize deployment."""

from __future__ import annotations

import os
import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.runtime.written import text_of, toml_of

FILE = "adapters.toml"


class Profile(BaseModel):
    """Settings of `personalize:NAME`; credentials are left to boto3."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    campaign_arn: str | None = Field(
        default=None, description="campaign or recommender, for real time"
    )
    filter_arn: str | None = Field(default=None, description="filter to apply to every request")
    solution_version_arn: str | None = Field(default=None, description="trained model, for batch")
    role_arn: str | None = Field(default=None, description="role that reads and writes the bucket")
    s3: str | None = Field(default=None, description="s3://bucket/prefix for batch files")
    mode: Literal["real time", "batch"] | None = Field(
        default=None, description="which of the two to use if both are set; default: real time"
    )
    trained_through: str | None = Field(
        default=None, description="last day or second of the training data"
    )
    handover: str | None = Field(default=None, description="handover.json of the training data")
    region: str | None = Field(default=None, description="AWS region; default: boto3's setting")
    endpoint: str | None = Field(
        default=None, description="address of the service, for a proxy or test"
    )
    price_per_1000: float | None = Field(default=None, ge=0, description="USD for 1,000 answers")
    timeout_seconds: float = Field(default=10.0, gt=0, description="time limit of a call, s")
    workers: int = Field(default=4, ge=1, le=64, description="parallel calls")
    attempts: int = Field(default=4, ge=1, le=10, description="maximum calls per user")
    first_wait_seconds: float = Field(
        default=0.2, ge=0, description="wait before the second attempt, s"
    )
    poll_seconds: float = Field(default=30.0, gt=0, description="between checks of a batch job, s")
    batch_hours: float = Field(default=12.0, gt=0, description="time limit of a batch job, hours")

    @property
    def batch(self) -> bool:
        """Whether the lists come from a batch job."""
        return self.mode == "batch" or (self.mode is None and self.campaign_arn is None)


def prefix(name: str) -> str:
    """The prefix of a profile's environment variables."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper()
    return f"ASSAY_PERSONALIZE_{plain}_" if plain else "ASSAY_PERSONALIZE_"


def read(name: str) -> Profile:
    """The profile `[personalize.NAME]` of adapters.toml; environment variables override it."""
    settings = _from_file(name)
    start = prefix(name)
    for field in Profile.model_fields:
        given = os.environ.get(start + field.upper())
        if given:
            settings[field] = given
    try:
        profile = Profile.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        raise AssayError(
            f"The setting {field} of personalize:{name} is invalid ({first['msg']}); correct "
            f"{start}{field.upper()} or {FILE}."
        ) from error
    if profile.campaign_arn is None and profile.solution_version_arn is None:
        raise AssayError(
            f"personalize:{name} has no campaign; set {start}CAMPAIGN_ARN (real time), or "
            f"{start}SOLUTION_VERSION_ARN, _ROLE_ARN and _S3 (batch)."
        )
    return profile


def _from_file(name: str) -> dict[str, Any]:
    path = paths.home() / FILE
    if not name or not path.is_file():
        return {}
    try:
        tables = toml_of(text_of(path)).get("personalize", {})
        return {key: _plain(value) for key, value in tables.get(name, {}).items()}
    except (ValueError, AttributeError) as error:
        raise AssayError(f"{path} cannot be read as profiles: {error}.") from error


def _plain(value: Any) -> Any:
    """TOML dates as the text that `trained_through` accepts."""
    return value.isoformat() if hasattr(value, "isoformat") else value
