"""The stories of issue 5 where nothing fails: the end, the acts in their order, and nothing unsafe."""

import pytest

from tests.simulation.stories import STORIES


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_well(name: str) -> None:
    story = STORIES[name]
    world = story.world()

    story.tell(world)

    assert world.ledger.entries == []
    assert sorted(world.product.acts) == sorted(story.acts)
    assert name == "ten_at_once" or tuple(world.product.acts) == story.acts
    assert world.place() == story.volume_is_on
