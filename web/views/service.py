"""What operators and programmers ask: whether it is alive, and what a code means."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from provenance.codes import NEXT_STEP, Code
from provenance.encoding import canonical
from provenance.errors import NotFoundError
from web.asking import services
from web.problems import status_of, title_of

blueprint = Blueprint("service", __name__)

_CODES = {code.value: code for code in Code}


@blueprint.get("/healthz")
def health() -> Response:
    """Alive means: the store answers."""
    has_checkpoint = bool(services().checkpointing.latest())
    response = Response(canonical.dump({"status": "ok", "hasCheckpoint": has_checkpoint}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/problems/<name>")
def problem(name: str) -> str:
    """What a code means and what to do: where the ``type`` of a problem leads."""
    code = _CODES.get(name)
    if code is None:
        raise NotFoundError(Code.NOT_FOUND, f"there is no code {name[:40]!r}")
    return render_template(
        "problem.html", code=code, title=title_of(code), status=int(status_of(code)), next_step=NEXT_STEP[code]
    )
