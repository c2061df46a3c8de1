"""``token``: a new token for the API."""

from __future__ import annotations

import argparse

from segmentation.api.tokens import digest_of_token, make_token


def add_token(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    commands.add_parser("token", help="make a token for the API; only its digest is configured")


def new_token() -> tuple[str, ...]:
    """Make a token, and say in lines what to do with it and with its digest."""
    token = make_token()
    return (
        f"Token, shown only now, for whoever asks: {token}",
        "They send it as: Authorization: Bearer TOKEN",
        "For .streamlit/secrets.toml where the API is served:",
        "",
        "[api]",
        f'tokens = ["{digest_of_token(token)}"]',
    )
