"""An upload in Flask, answered with its small PNG: flask --app flask_upload run."""

from flask import Flask, Response, request

import kalette

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 20_000_000
LIMITS = kalette.Limits(max_pixels=20_000_000)


@app.post("/images")
def compress() -> Response:
    """Answer the field "image" of a form with a PNG; what cannot be read is one sentence."""
    try:
        result = kalette.compress(request.files["image"].stream.read(), effort="fast", limits=LIMITS)
    except kalette.KaletteError as error:
        return Response(str(error), status=400)
    return Response(result.to_bytes(), mimetype="image/png")
