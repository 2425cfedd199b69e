"""The private names of Textual that recordings need exist in the installed Textual."""

from importlib.metadata import version

from c10k_tui import textual_internals
from c10k_tui.app.race_app import C10KApp
from sim.scenario.scenario import Scenario


async def test_textual_has_every_private_name_that_recordings_need():
    app = C10KApp(Scenario(fds=16), paused=True)
    async with app.run_test():
        missing = textual_internals.missing_names(app)
    assert not missing, (
        f"Textual {version('textual')} lacks {', '.join(missing)}: recordings step the app through these. "
        f"c10k_tui/textual_internals.py was tried with Textual {textual_internals.TRIED_WITH}"
    )


def test_the_installed_textual_is_of_the_minor_version_that_was_tried():
    tried, installed = textual_internals.TRIED_WITH, version("textual")
    assert installed.split(".")[:2] == tried.split(".")[:2], (
        f"Textual {installed} is installed; c10k_tui/textual_internals.py was tried with {tried}"
    )


async def test_a_name_that_is_gone_is_said():
    app = C10KApp(Scenario(fds=16), paused=True)
    async with app.run_test():
        before = app.screen.__dict__.pop("_dirty_widgets")
        missing = textual_internals.missing_names(app)
        app.screen.__dict__["_dirty_widgets"] = before
    assert missing == ["screen._dirty_widgets"]
