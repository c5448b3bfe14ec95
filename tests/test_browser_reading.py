"""The pages in a real browser: nothing to complain of for axe, nothing wider than its window, no complaint of a script."""

from typing import Any

import pytest

from benchmarks.barriers import LOOKS, barriers, demonstration

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.minutes]


def test_every_page_can_be_read_by_everybody(browser: Any):
    """Every kind of page, as the first who sees it, each in one of the themes and widths in turn; `make barriers` does them all."""
    with demonstration() as (desk, place):
        found = [*barriers(browser, desk, place, lambda n: [LOOKS[n % len(LOOKS)]])]
    assert [] == [each for each in found if each]
    assert len(found) > 250
