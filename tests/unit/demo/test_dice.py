from __future__ import annotations

import numpy as np

from tidewheel.demo.dice import Dice, choose, spread

MANY = np.arange(200_000)


def test_a_draw_depends_on_seed_purpose_and_keys_alone() -> None:
    dice = Dice(7)
    alone = dice.uniform("height", 5, 3)[0]
    assert dice.uniform("height", MANY, 3)[5] == alone
    assert Dice(7).uniform("height", 5, 3)[0] == alone
    assert Dice(8).uniform("height", 5, 3)[0] != alone
    assert dice.uniform("weight", 5, 3)[0] != alone
    assert dice.uniform("height", 3, 5)[0] != alone


def test_draws_have_the_shape_their_keys_broadcast_to() -> None:
    assert Dice(1).uniform("u", np.arange(3)[:, None], np.arange(4)).shape == (3, 4)


def test_moments() -> None:
    dice = Dice(1)
    uniform = dice.uniform("u", MANY)
    assert uniform.min() >= 0.0
    assert uniform.max() < 1.0
    assert abs(uniform.mean() - 0.5) < 0.005
    assert abs(dice.normal("n", MANY).mean()) < 0.02
    assert abs(dice.normal("n", MANY).std() - 1) < 0.02
    assert abs(dice.exponential("e", 4.0, MANY).mean() - 4.0) < 0.08
    assert abs(dice.geometric("g", 0.25, MANY).mean() - 3.0) < 0.06
    for mean in (0.03, 0.8, 2.5):
        counts = dice.poisson("p", mean, MANY)
        assert abs(counts.mean() - mean) < 0.02
        assert abs(counts.var() - mean) < 0.05


def test_poisson_stops_at_the_most() -> None:
    assert Dice(1).poisson("p", 50.0, np.arange(20), most=4).max() == 4


def test_pick_follows_the_weights() -> None:
    shares = np.bincount(Dice(1).pick("p", (1, 0, 3), MANY), minlength=3) / len(MANY)
    assert np.abs(shares - [0.25, 0.0, 0.75]).max() < 0.01


def test_choose_never_leaves_the_scale() -> None:
    assert choose(np.array([1.0, 2.0]), np.array([0.0, 0.49, 0.5, 0.9999999999999999])).tolist() == [
        0,
        0,
        1,
        1,
    ]


def test_spread() -> None:
    owner, ordinal = spread(np.array([2, 0, 1]))
    assert owner.tolist() == [0, 0, 2]
    assert ordinal.tolist() == [0, 1, 0]
