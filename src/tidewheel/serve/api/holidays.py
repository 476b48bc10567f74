"""Whose holidays a project can keep."""

from __future__ import annotations

from tidewheel.core.working_days import regions
from tidewheel.serve.access import AnyAsker
from tidewheel.serve.api.fields import Reply
from tidewheel.serve.routes import Router

router = Router(prefix="/holidays", tags=["projects"])


class Regions(Reply):
    """Countries by their code of ISO 3166, and parts of countries such as ``DE-BY``."""

    regions: list[str]


@router.get("")
def list_regions(asker: AnyAsker) -> Regions:  # noqa: ARG001
    """List the countries, and their parts, whose public holidays are known."""
    return Regions(regions=sorted(regions()))
