"""The app with the API beside it: ``streamlit run serve.py``."""

import sys

import streamlit as st

from pages.ui import early, model_folder, sharing, told
from segmentation.api.limits import ApiLimits
from segmentation.api.routes import Api
from segmentation.api.tokens import Tokens
from segmentation.errors import SettingsError

try:
    settings = told.api()
    api = Api(
        model_folder.folder(),
        tokens=Tokens.told(settings.pop("tokens", [])),
        limits=ApiLimits.told(settings),
        arrivals=sharing.arrivals,
    )
except SettingsError as error:
    sys.exit(f"segmentation: {error}")
sharing.arrivals.is_served = True
early.load()
app = st.App("app.py", routes=api.routes, middleware=api.middleware, lifespan=api.lifespan)
