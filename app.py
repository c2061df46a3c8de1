"""The front door: ``streamlit run app.py``.

Streamlit runs a script for the first time when somebody looks. So this one is the server's app too:
imported as that, it loads what the screens are made of while the browser loads Streamlit's own.
"""

import streamlit as st

if __name__ == "__main__":
    from pages.ui import frame

    frame.run()
else:
    from pages.ui import early

    app = st.App(__file__)
    early.load()
