"""A local stand-in for a managed recommender, run as a separate process.

It implements the runtime protocol of Amazon Personalize (POST /recommendations and
/personalize-ranking) and checks requests and answers against botocore's service model. It
does not use Amazon's method: it recommends by item co-occurrence, trained on the file that a
vendor would get (USER_ID, ITEM_ID, EVENT_VALUE, TIMESTAMP), and shares no code with Assay.
Its lists include seen items. It ends when its standard input is closed.

Scale limit: neighbors are counted per user in about (events per user)² steps; 1 M events of
6,040 users take a few seconds.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import botocore.session
import numpy as np
from botocore.validate import ParamValidator

NEIGHBORS = 200
NEWEST = 500  # events per user that are used, because the steps grow with their square
MOST_RESULTS, DEFAULT_RESULTS = 500, 25
SHRINK = 5.0  # shrinks the similarity of items with few common users
OPERATIONS = {
    "/recommendations": "GetRecommendations",
    "/personalize-ranking": "GetPersonalizedRanking",
}


class Model:
    """Item co-occurrence and item popularity."""

    def __init__(self, path: Path) -> None:
        users: dict[str, int] = {}
        items: dict[str, int] = {}
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            head = next(rows)
            u, i, t = (head.index(name) for name in ("USER_ID", "ITEM_ID", "TIMESTAMP"))
            triples = [
                (users.setdefault(r[u], len(users)), items.setdefault(r[i], len(items)), int(r[t]))
                for r in rows
            ]
        events = np.array(triples, dtype=np.int64).reshape(-1, 3)
        self.users, self.codes, self.items = users, items, list(items)
        self.user_items = _newest_distinct(events, len(users))
        self.popularity = np.bincount(
            np.unique(events[:, 0] * len(items) + events[:, 1]) % max(len(items), 1),
            minlength=len(items),
        ).astype(np.float64)
        self.neighbors, self.closeness = self._count()

    def _count(self) -> tuple[np.ndarray, np.ndarray]:
        """The most similar items of each item and their similarity, (n_items, NEIGHBORS)."""
        n = len(self.items)
        lengths = np.array([len(row) for row in self.user_items], dtype=np.int64)
        flat = np.concatenate([*self.user_items, np.zeros(0, np.int64)]).astype(np.int64)
        order = np.argsort(flat, kind="stable")
        owners = np.repeat(np.arange(len(lengths)), lengths)[order]
        of_item = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=n))])
        support = np.diff(of_item).astype(np.float64)
        width = min(NEIGHBORS, max(n - 1, 1))
        neighbors = np.zeros((n, width), np.int32)
        closeness = np.zeros((n, width), np.float32)
        for item in np.flatnonzero(support > 1):
            who = owners[of_item[item] : of_item[item + 1]]
            together = np.bincount(np.concatenate([self.user_items[w] for w in who]), minlength=n)
            together[item] = 0
            near = np.flatnonzero(together > 1)
            close = together[near] / (np.sqrt(support[item] * support[near]) + SHRINK)
            best = near[np.lexsort((near, -close))[:width]]
            neighbors[item, : len(best)] = best
            closeness[item, : len(best)] = np.sort(close)[::-1][: len(best)]
        return neighbors, closeness

    def scores(self, user: str) -> np.ndarray:
        """A score for every item, (n_items,); an unknown user gets popular items."""
        fill = 1e-6 * self.popularity / max(self.popularity.max(initial=1.0), 1.0)
        if user not in self.users:
            return fill
        own = self.user_items[self.users[user]]
        near, close = self.neighbors[own].ravel(), self.closeness[own].ravel()
        return np.bincount(near, weights=close, minlength=len(self.items)) + fill

    def top(self, user: str, k: int) -> list[dict[str, Any]]:
        """The k best items; scores sum to 1 over all items."""
        scores = self.scores(user)
        k = min(k, len(scores))
        if k == 0:
            return []
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        above = np.flatnonzero(scores >= least)
        best = above[np.lexsort((above, -scores[above]))[:k]]
        return self._entries(best, scores)

    def order(self, user: str, items: list[str]) -> list[dict[str, Any]]:
        """The given items, best first; unknown items come last, in the given order."""
        known = np.array([self.codes[item] for item in items if item in self.codes], np.int64)
        scores = self.scores(user)
        best = known[np.argsort(-scores[known], kind="stable")]
        unknown = [{"itemId": item} for item in items if item not in self.codes]
        return [*self._entries(best, scores), *unknown]

    def _entries(self, best: np.ndarray, scores: np.ndarray) -> list[dict[str, Any]]:
        shares = (scores[best] / max(scores.sum(), 1e-300)).tolist()
        return [
            {"itemId": self.items[code], "score": share}
            for code, share in zip(best.tolist(), shares, strict=True)
        ]


def _newest_distinct(events: np.ndarray, n_users: int) -> list[np.ndarray]:
    """Each user's newest distinct items, at most NEWEST, as arrays of item codes."""
    events = events[np.lexsort((events[:, 2], events[:, 0]))]
    ends = np.cumsum(np.bincount(events[:, 0], minlength=n_users))
    return [np.unique(rows[-NEWEST:]) for rows in np.split(events[:, 1], ends[:-1])]


class Refusal(Exception):
    """A request that the service rejects."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class Service:
    """The protocol around a model; requests and answers are checked against botocore's model."""

    def __init__(self, model: Model, campaign: str) -> None:
        self.model, self.campaign = model, campaign
        self.shapes = botocore.session.get_session().get_service_model("personalize-runtime")
        self.validator = ParamValidator()

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        """The answer to a request; raises `Refusal` if the service would reject it."""
        if path not in OPERATIONS:
            raise Refusal(404, "UnknownOperationException", f"There is no operation {path}.")
        operation = self.shapes.operation_model(OPERATIONS[path])
        try:
            request = json.loads(body or b"{}")
        except ValueError as error:
            message = f"The body is not JSON: {error}"
            raise Refusal(400, "SerializationException", message) from error
        report = self.validator.validate(request, operation.input_shape)
        if report.has_errors():
            raise Refusal(400, "InvalidInputException", report.generate_report())
        self._refuse_limits(request)
        answer: dict[str, Any] = {"recommendationId": f"RID-{uuid.uuid4()}"}
        if operation.name == "GetRecommendations":
            wanted = request.get("numResults", DEFAULT_RESULTS)
            answer["itemList"] = self.model.top(request.get("userId", ""), wanted)
        else:
            answer["personalizedRanking"] = self.model.order(
                request["userId"], request["inputList"]
            )
        report = self.validator.validate(answer, operation.output_shape)
        if report.has_errors():
            raise Refusal(500, "InternalServerException", report.generate_report())
        return answer

    def _refuse_limits(self, request: dict[str, Any]) -> None:
        arn = request.get("campaignArn") or request.get("recommenderArn") or ""
        pattern = self.shapes.shape_for("Arn").metadata["pattern"]
        if not re.fullmatch(pattern, arn):
            raise Refusal(400, "InvalidInputException", f"{arn!r} is not a valid ARN.")
        if arn != self.campaign:
            raise Refusal(404, "ResourceNotFoundException", f"There is no campaign {arn}.")
        for name, length in (
            ("numResults", request.get("numResults", 1)),
            ("inputList", len(request.get("inputList", ()))),
        ):
            if length > MOST_RESULTS:
                raise Refusal(400, "InvalidInputException", f"{name} exceeds {MOST_RESULTS}.")
        for name in ("filterArn", "promotions", "metadataColumns"):
            if request.get(name):
                raise Refusal(400, "InvalidInputException", f"{name} is not supported here.")


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with keep-alive, as boto3 expects."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    service: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self._send(200, self.service.answer(self.path, body))
        except Refusal as refusal:
            self._send(refusal.status, {"message": str(refusal)}, refusal.kind)
        except Exception as error:
            self._send(500, {"message": repr(error)}, "InternalServerException")

    def _send(self, status: int, document: dict[str, Any], kind: str = "") -> None:
        raw = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        if kind:
            self.send_header("x-amzn-ErrorType", kind)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: there are thousands, and the caller counts them."""


def _end_with_parent() -> None:
    """End when standard input closes, which happens whenever the parent ends."""
    # Not through sys.stdin: its lock, held here, would prevent a normal exit.
    while os.read(0, 1024):
        pass
    os._exit(0)


def main() -> None:
    """Train, listen on a free port of 127.0.0.1, and print the port."""
    parser = argparse.ArgumentParser(description="A local stand-in, not Amazon Personalize.")
    parser.add_argument("--interactions", type=Path, required=True)
    parser.add_argument("--campaign", required=True, help="the campaign ARN to answer for")
    options = parser.parse_args()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    began = time.perf_counter()
    Handler.service = Service(Model(options.interactions), options.campaign)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    seconds = round(time.perf_counter() - began, 3)
    print(json.dumps({"port": server.server_address[1], "train_seconds": seconds}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
