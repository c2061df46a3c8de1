"""Scoring over HTTP: the routes that a server puts beside the app."""
