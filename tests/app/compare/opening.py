"""The Compare page of a bake-off in a test: opened, read and clicked; and values taken away."""

import numpy as np
import pandas as pd


def opened(open_page, document, **address):
    app = open_page("compare", dataset="shop", bakeoff=document.id, **address)
    assert not app.exception
    return app


def text(app):
    return " ".join(m.value for m in (*app.markdown, *app.caption))


def click(app, label, option):
    (found,) = [b for b in app.button_group if b.label == label]
    found.set_value(option).run()
    assert not app.exception
    return app


def undefined(folder, name, rows):
    """Take a contender's NDCG@10 from some users."""
    path = folder / "contenders" / name / "per_user.parquet"
    frame = pd.read_parquet(path)
    frame.loc[frame.index[rows], "ndcg@10"] = np.nan
    frame.to_parquet(path)
