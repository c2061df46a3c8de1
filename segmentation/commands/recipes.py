"""From the options of a command to the settings it works by."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from segmentation.errors import SettingsError
from segmentation.settings import NameSettings, Recipe


def recipe_of(options: argparse.Namespace) -> Recipe:
    """Start from the recipe file, if any, and lay what was said on the command line over it."""
    recipe = Recipe()
    if options.recipe:
        try:
            recipe = Recipe.from_json(Path(options.recipe).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                "The recipe can't be read", where=options.recipe, remedy=f"Check the file: {error}"
            ) from None
    recipe = told_of(recipe, options)
    keys = _pairs(recipe.combine.keys, options.join, "--join", "FILE=COLUMN")
    main = options.main and Path(options.main).name
    recipe = recipe.with_stage(
        combine=_over(recipe.combine, main=main, keys=keys),
        schema=_over(recipe.schema, kind=options.kind),
        clean=_over(
            recipe.clean,
            drop_duplicates="duplicates" in options.drop or None,
            drop_zero_price="zero-price" in options.drop or None,
            drop_non_products="non-products" in options.drop or None,
            returns=options.returns,
            as_of=options.as_of,
        ),
    )
    return recipe if options.command == "rfm" else _segmenting(recipe, options)


def _segmenting(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """Lay over a recipe what was said of segmenting."""
    choose: dict[str, Any] = {}
    if "k" in options:
        choose["k"] = options.k
    if options.k_range:
        choose["k_min"], choose["k_max"] = options.k_range
    return recipe.with_stage(
        prepare=_over(
            recipe.prepare,
            features=tuple(options.feature) or None,
            missing=options.missing,
            outliers=options.outliers,
            transform=options.transform,
            scaler=options.scaler,
            category_weight=options.category_weight,
        ),
        choose=replace(recipe.choose, **choose),
        fit=_over(recipe.fit, seed=options.seed, method=options.method),
        naming=_naming(recipe, options.playbook),
    )


def told_of(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """Lay over a recipe what was said of the file, its columns and its cells."""
    said = options.role if "role" in options else []
    roles = _pairs(recipe.schema.roles, said, "--role", "ROLE=COLUMN")
    return recipe.with_stage(
        read=_over(
            recipe.read,
            sheet=options.sheet,
            encoding=options.encoding,
            delimiter=options.delimiter,
            header_rows=options.header,
        ),
        schema=_over(recipe.schema, roles=roles, dates=options.dates, decimal=options.decimal),
    )


def _pairs(
    before: tuple[tuple[str, str], ...], said: list[str], option: str, form: str
) -> tuple[tuple[str, str], ...]:
    pairs = dict(before)
    for pair in said:
        name, separator, column = pair.partition("=")
        if not separator:
            raise SettingsError(f"{option} {pair!r} lacks its column", remedy=f"Write {form}")
        pairs[name] = column
    return tuple(pairs.items())


def _naming(recipe: Recipe, playbook: str | None) -> NameSettings:
    """Take the playbook asked for from the files, also where the recipe holds its own."""
    if playbook is None:
        return recipe.naming
    return replace(recipe.naming, playbook=playbook, playbook_text=None)


def _over(stage: Any, **said: Any) -> Any:
    return replace(stage, **{name: value for name, value in said.items() if value is not None})
