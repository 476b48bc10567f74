"""Goals taken apart: which strategy, channel or group of people changed the goal, exactly."""

from tidewheel.analyse.goals.explain import explain
from tidewheel.analyse.goals.told import ExplainedGoal, GoalRow

__all__ = ["ExplainedGoal", "GoalRow", "explain"]
