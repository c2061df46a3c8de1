"""What every summary holds: the contract that other programs rely on."""

from __future__ import annotations

NESTED_KEYS = {
    "input": {"name", "sha256", "rows", "columns", "encoding", "delimiter", "sheet"},
    "schema": {"kind", "roles"},
}
SUMMARY_KEYS = {
    "input",
    "inputs",
    "joined",
    "schema",
    "cleaning",
    "rows_used",
    "customers",
    "features",
    "transform",
    "scaler",
    "k",
    "k_reason",
    "inertia",
    "silhouette",
    "segments",
    "recipe",
    "versions",
}
