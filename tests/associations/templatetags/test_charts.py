"""A chart and its table come from the same figures."""

import json
import re

import pytest
from django.template.loader import render_to_string

from associations.templatetags.charts import chart_rows

CHART = {
    "type": "line",
    "labels": ["Jan", "Feb </script>"],
    "series": [{"label": "Submitted", "values": [1, 2500]}, {"label": "Approved", "values": [None, 0.5]}],
}


def drawn(**extra: object) -> str:
    return render_to_string("components/chart.html", {"id": "trend", "title": "Claims", "chart": CHART | extra})


def test_chart_rows_pairs_each_label_with_its_figures():
    rows = list(chart_rows(CHART | {"urls": ["/jan/", ""]}))

    assert [(row.label, row.values, row.url) for row in rows] == [
        ("Jan", (1, None), "/jan/"),
        ("Feb </script>", (2500, 0.5), ""),
    ]


def test_chart_rows_refuses_a_series_of_another_length():
    with pytest.raises(ValueError, match="shorter"):
        list(chart_rows({"labels": ["Jan", "Feb"], "series": [{"label": "Submitted", "values": [1]}]}))


def test_chart_hands_its_figures_to_the_script_as_data():
    data = re.search(r'<script id="trend-data" type="application/json">(.*?)</script>', drawn(), re.DOTALL)

    assert data
    assert json.loads(data[1]) == CHART


def test_chart_has_its_figures_in_a_table_too():
    cells = re.findall(r'<td class="cpor-number">(.*?)</td>', drawn())

    assert [re.sub(r"<[^>]+>", "", cell) for cell in cells] == ["1", "–no figure", "2,500", "0.50"]


def test_chart_is_an_image_with_a_name():
    assert '<canvas data-chart="trend-data" role="img" aria-label="Chart: Claims.' in drawn()


def test_a_label_with_an_address_is_a_link():
    assert '<a href="/jan/">Jan</a>' in drawn(urls=["/jan/", ""])
