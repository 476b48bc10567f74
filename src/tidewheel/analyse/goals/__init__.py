"""Goals taken apart: which strategy, channel or group of people changed the goal, exactly."""

from tidewheel.analyse.goals.explain import explain
from tidewheel.analyse.goals.told import Explained, Row

__all__ = ["Explained", "Row", "explain"]
