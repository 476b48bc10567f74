"""Words everyone shares: event, ids, money, period, clock, errors, settings, plugins, text."""
