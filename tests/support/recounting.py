"""The recount that the guide to `hailong-pull` gives, over the rows of any format."""

import csv
import io
import json
from collections import Counter
from typing import Any

import openpyxl
from pyarrow.parquet import read_table


def rows_of(content: bytes, form: str) -> list[dict[str, Any]]:
    """The rows of a file or an answer, each under flat names."""
    if form in ("ndjson", "jsonl"):
        return [flat(json.loads(line)) for line in content.splitlines()]
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    if form == "parquet":
        return list(read_table(io.BytesIO(content)).to_pylist())
    header, *sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values
    return [dict(zip(map(str, header), cells, strict=True)) for cells in sheet]


def flat(item: dict[str, Any]) -> dict[str, Any]:
    """An item of JSON as a row."""
    one = item["response"]
    answers = {f"answers.{question}": value for question, value in one.get("answers", {}).items()}
    about = {name: item.get(name) for name in ("counts", "voids", "corrects")}
    about |= {name: one.get(name) for name in ("respondent", "form_no")}
    return {"position": int(item["cursor"].split("-")[-1]), "outcome": one["outcome"], **about, **answers}


def recount(rows: list[dict[str, Any]], question: str = "result") -> Counter[int]:
    """How often each level was chosen: of the rows that count and were answered."""
    standing = [
        row for row in rows if row["counts"] in (True, "true") and row["outcome"] in ("complete", "partial")
    ]
    levels = [row.get(f"answers.{question}") for row in standing]
    return Counter(int(level) for level in levels if level not in ("", None))


def summed(reply: dict[str, Any], question: str = "result") -> Counter[int]:
    """The same from an answer of `/v1/summary` about one survey in one version."""
    (survey,) = reply["surveys"]
    counts = next(row["counts"] for row in survey["rows"] if row["question"] == question)
    return Counter({int(level): n for level, n in counts.items() if n})
