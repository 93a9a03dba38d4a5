"""The map of complaints: the office's own tiles, and each point leads to its complaint."""

import base64
import math
import re
from urllib.parse import urlsplit

import httpx
import pytest
from browser_support import check_accessible, check_fits, check_light, shoot
from panel_support import complaint_of
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

MAP = "/api/complaints/v1/map"
PLACE = {"address": "Los Quillayes 310", "latitude": -33.4043, "longitude": -70.5719}
ZOOM = 15
"""Of the last tiles that this office made."""
GREY = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGO4CwAA3wDeKXlwtgAAAABJRU5ErkJggg==")


@pytest.fixture
def office_map(platform):
    """Callable: set the office's map; the one before comes back afterwards."""
    before = platform.ask("GET", MAP, who="admin")
    yield lambda **setting: platform.ask("PUT", MAP, who="admin", json=setting)
    platform.ask("PUT", MAP, who="admin", json=before)


def tile_of(place):
    """Return the path of the square (Web Mercator) in which a place lies."""
    side = 2**ZOOM
    x = (place["longitude"] + 180) / 360 * side
    y = (1 - math.asinh(math.tan(math.radians(place["latitude"]))) / math.pi) / 2 * side
    return f"/tiles/{ZOOM}/{int(x)}/{int(y)}.png"


def test_a_point_lies_on_the_offices_tiles_and_leads_to_its_complaint(platform, panel, office_map):
    office_map(tiles_url="/tiles/{z}/{x}/{y}.png", attribution="© OpenStreetMap <b>y otros</b>", max_zoom=ZOOM)
    filed = complaint_of(platform, place=PLACE)
    page = panel("/panel/reclamos")
    asked = []

    def give(route):
        asked.append(urlsplit(route.request.url).path)
        route.fulfill(content_type="image/png", body=GREY)

    page.route("**/tiles/**", give)
    page.goto(f"/panel/reclamos?view=map&q={filed['folio']}")
    drawn = page.get_by_role("region", name="Mapa de reclamos")
    expect(drawn.locator("img.leaflet-tile-loaded").first).to_be_visible()
    assert tile_of(PLACE) in asked
    assert [path for path in asked if not re.fullmatch(r"/tiles/\d+/\d+/\d+\.png", path)] == []
    expect(page.get_by_text("© OpenStreetMap <b>y otros</b>")).to_be_visible()
    expect(page.get_by_role("list", name="Lugares").get_by_role("link", name=filed["folio"])).to_be_visible()
    check_accessible(page)
    check_fits(page)
    check_light(page)
    point = drawn.locator("path.leaflet-interactive")
    expect(point).to_have_count(1)
    point.hover()
    expect(drawn.get_by_role("tooltip")).to_contain_text(f"{filed['folio']} · ")
    shoot(page, "panel-map")
    point.click()
    expect(page.get_by_role("heading", name=filed["folio"], level=1)).to_be_visible()


def test_without_tiles_there_is_a_list(platform, panel, office_map):
    office_map(tiles_url="", attribution="", max_zoom=18)
    filed = complaint_of(platform, place=PLACE)
    page = panel(f"/panel/reclamos?view=map&q={filed['folio']}")
    expect(page.get_by_text("Esta oficina no tiene mapa configurado")).to_be_visible()
    expect(page.get_by_role("list", name="Lugares").get_by_role("link", name=filed["folio"])).to_be_visible()
    expect(page.get_by_role("region", name="Mapa de reclamos")).to_have_count(0)


def test_tiles_come_from_the_platforms_own_door(platform):
    """Nobody made this one: an empty answer of nginx, not the page that says that there is no such page."""
    answer = httpx.get(f"{platform.base_url}/tiles/{ZOOM}/0/0.png", timeout=60)
    assert (answer.status_code, answer.content) == (404, b"")
