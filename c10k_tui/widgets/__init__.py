"""The widgets of the race screen: each draws what a view in :mod:`c10k_tui.screens` worked out."""
