"""What a chart of several layers draws: its marks of a kind, and a layer's rows."""


def marks(chart, kind):
    layers = chart.to_dict()["layer"]
    return [layer for layer in layers if layer["mark"]["type"] == kind]


def rows(chart, layer):
    spec = chart.to_dict()
    return spec["datasets"][layer["data"]["name"]]
