"""A model as a scikit-learn pipeline for notebooks: written here, and never read again."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import numpy as np

from segmentation.errors import ModelError
from segmentation.models.placing import category_of
from segmentation.results import Model, PreparedColumn

WARNING = (
    "A .joblib file runs what is written in it as soon as it is opened. Open only what you made "
    "yourself, with the versions of scikit-learn and numpy it was made with. This program never "
    "opens one."
)
NO_STEPS = (
    "Segments that were merged or split by hand are reached by steps, which a scikit-learn "
    "pipeline can't hold"
)


def pipeline_joblib(model: Model) -> bytes:
    """Write a model as a scikit-learn pipeline for notebooks.

    Its ``predict`` takes a frame with the model's features in original units (None or NaN where a
    number is missing, "" where a text is) and gives segment ids less 1. Nothing of this program is
    needed to open it.

    Parameters
    ----------
    model : Model
        The model.

    Raises
    ------
    ModelError
        If segments were merged or split by hand.
    """
    import joblib

    out = io.BytesIO()
    joblib.dump(as_pipeline(model), out)
    return out.getvalue()


def as_pipeline(model: Model) -> Any:
    """Return a model as a scikit-learn pipeline; see `pipeline_joblib`."""
    if model.turns:
        raise ModelError(NO_STEPS, remedy="Score with the saved model itself")

    from sklearn.cluster import KMeans
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline

    parts = []
    for feature in model.features:
        columns = [column for column in model.columns if column.feature == feature]
        if feature in model.categories:
            steps = _category_steps(columns, model.recipe.prepare.category_weight)
            example: Any = [category_of(columns[0])]
        else:
            steps = _number_steps(columns[0])
            example = [0.0]
        parts.append((feature, steps, [feature], example))
    rows = {feature: example * model.k for feature, _, _, example in parts}
    prepare = ColumnTransformer([part[:3] for part in parts], verbose_feature_names_out=False)
    points = np.array(model.points)
    # Fitted to the points themselves, one group each, it knows nothing but them.
    groups = KMeans(n_clusters=model.k, init=points, n_init=1, max_iter=1).fit(points)
    groups.cluster_centers_ = points
    prepare.fit(_frame(rows))
    return make_pipeline(prepare, groups)


def _frame(rows: dict[str, Any]) -> Any:
    import pandas as pd

    return pd.DataFrame(rows)


def _step(work: Any) -> Any:
    from sklearn.preprocessing import FunctionTransformer

    return FunctionTransformer(work, check_inverse=False)


def _number_steps(column: PreparedColumn) -> Any:
    """Chain numpy's own functions, which every notebook has."""
    from scipy.stats import yeojohnson
    from sklearn.pipeline import make_pipeline

    steps = [_step(partial(np.asarray, dtype=float))]
    steps.append(_step(partial(np.nan_to_num, nan=column.fill or 0.0)))
    if column.transform == "log":
        steps += [_step(partial(np.maximum, 0.0)), _step(np.log1p)]
    elif column.transform == "rank":
        at, rank = np.array(column.knots).T
        steps.append(_step(partial(np.interp, xp=at, fp=rank)))
    elif column.transform == "yeo-johnson":
        steps.append(_step(partial(yeojohnson, lmbda=column.exponent)))
    if column.low is not None and column.high is not None:
        steps.append(_step(partial(np.clip, a_min=column.low, a_max=column.high)))
    steps.append(_step(partial(np.add, -column.shift)))
    steps.append(_step(partial(np.multiply, 1 / column.scale)))
    return make_pipeline(*steps)


def _category_steps(columns: list[PreparedColumn], weight: float) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    values = [category_of(column) for column in columns]
    encoder = OneHotEncoder(
        categories=[np.array(values, dtype=object)], handle_unknown="ignore", sparse_output=False
    )
    # Its categories may be told only in their own order.
    return make_pipeline(encoder, _step(partial(np.multiply, weight)))
