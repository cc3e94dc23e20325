"""May this number be trusted? Rules of signals, when they did not hold, scores."""
