"""Styled text, colours, glyphs, and words that several screens and commands share.

- ``styled_text``: lines of styled text, cut, padded and wrapped.
- ``glyphs``: every glyph of the screens.
- ``themes``: the colours of the three themes; ``palette``: roles as terminal styles.
- ``lanes``: the words of each lane; ``packet_effects``: the effects of a packet in a lane.
- ``comparison_columns``: the columns of the comparison.
- ``loop_counters``, ``script_tasks``: the event loop of a watched script.
- ``pace_words``: the pace of a race; ``ratios``: ratios; ``fault_words``: faults that occurred;
  ``cost_table_names``: the name of a cost table.

All of them may be imported from everywhere in ``c10k_tui``. They import ``sim`` and nothing else of this
package.
"""
