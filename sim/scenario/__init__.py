"""What a race is about: settings, clients, units, mistakes. Values only; no kernel."""
