"""Pictures: who may keep them, what is shown, what is refused, what a browser may keep."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from munbot_common.database import unit_of_work
from munbot_datalake.images import demo, repository
from munbot_datalake.images.rules import rounded
from munbot_datalake.settings import MigrateSettings
from PIL import Image

DEMO = Path(__file__).resolve().parents[3] / "config" / "demo"
SHOWN = "/imagenes/catalogos/oficinas/transito"


def picture(form="JPEG", size=(1600, 1250), mode="RGB", **options):
    image = Image.effect_noise(size, 40).convert(mode)
    if mode == "RGBA":
        image.putalpha(100)
    sink = io.BytesIO()
    image.save(sink, form, **options)
    return sink.getvalue()


def opened(response):
    image = Image.open(io.BytesIO(response.content))
    image.load()
    return image


@pytest.fixture
def put(api):
    def upload(content, path="/v1/images/oficinas/transito", **caller):
        return api("PUT", path, files={"file": ("a", content, "application/octet-stream")}, **caller)

    return upload


def get(api, path=SHOWN, accept="image/webp,*/*", **headers):
    return api("GET", path, role=None, headers={"Accept": accept, **headers})


def test_an_official_keeps_a_picture_and_everybody_sees_it(api, put):
    made = put(picture(), role="agent")
    assert made.status_code == 200, made.text
    body = made.json()
    assert (body["width"], body["height"], body["content_type"]) == (1600, 1250, "image/jpeg")
    assert body["url"] == f"http://munbot.test/api{SHOWN}?v={body['version']}"
    shown = get(api)
    assert shown.headers["content-type"] == "image/webp"
    assert opened(shown).size == (1600, 1250)
    assert api("GET", "/v1/images", role="viewer").json() == [{"name": "oficinas", "pictures": 1}]
    assert [one["name"] for one in api("GET", "/v1/images/oficinas").json()] == ["transito"]


@pytest.mark.parametrize(
    ("query", "size", "kind"),
    [
        ("?w=800", (800, 625), "webp"),
        ("?w=790", (800, 625), "webp"),
        ("?h=640", (819, 640), "webp"),
        ("?w=320&h=320", (320, 320), "webp"),
        ("?w=800&format=avif", (800, 625), "avif"),
        ("?w=800&format=jpeg", (800, 625), "jpeg"),
        ("?w=800&format=png", (800, 625), "png"),
        ("?w=2048", (1600, 1250), "webp"),
    ],
)
def test_size_and_format_are_what_the_address_asks_for(api, put, query, size, kind):
    put(picture())
    shown = get(api, SHOWN + query)
    assert shown.status_code == 200, shown.text
    assert shown.headers["content-type"] == f"image/{kind}"
    assert opened(shown).size == size


def test_who_takes_no_webp_gets_jpeg_and_caches_are_told(api, put):
    put(picture())
    shown = get(api, accept="image/png,image/jpeg")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["vary"] == "Accept"
    assert "vary" not in get(api, SHOWN + "?format=webp").headers


def test_only_a_versioned_address_is_kept_for_ever(api, put):
    version = put(picture()).json()["version"]
    assert "immutable" in get(api, f"{SHOWN}?v={version}").headers["cache-control"]
    assert "immutable" not in get(api).headers["cache-control"]
    assert "immutable" not in get(api, f"{SHOWN}?v=0000").headers["cache-control"]
    other = put(picture()).json()["version"]
    assert other != version
    assert "immutable" not in get(api, f"{SHOWN}?v={version}").headers["cache-control"]


def test_what_the_caller_has_is_not_sent_again(api, put):
    put(picture())
    first = get(api, SHOWN + "?w=320")
    again = get(api, SHOWN + "?w=320", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get(api, SHOWN + "?w=640", **{"If-None-Match": first.headers["etag"]}).status_code == 200
    put(picture())
    assert get(api, SHOWN + "?w=320", **{"If-None-Match": first.headers["etag"]}).status_code == 200


def test_the_second_time_nothing_is_made(api, put, monkeypatch):
    from munbot_datalake.images import processing

    put(picture())
    first = get(api, SHOWN + "?w=480")
    monkeypatch.setattr(processing, "resize", None)
    assert get(api, SHOWN + "?w=480").content == first.content


def test_a_missing_picture_is_a_grey_one_that_says_so(api):
    shown = get(api, "/imagenes/catalogos/oficinas/nada?w=320")
    assert shown.status_code == 404
    assert "immutable" not in shown.headers["cache-control"]
    assert opened(shown).size == (320, 240)


def test_a_removed_picture_is_gone_and_another_with_its_content_stays(api, put):
    content = picture()
    put(content)
    put(content, "/v1/images/oficinas/copia")
    assert api("DELETE", "/v1/images/oficinas/transito").status_code == 204
    assert get(api, SHOWN).status_code == 404
    assert get(api, "/imagenes/catalogos/oficinas/copia?w=96").status_code == 200
    assert api("DELETE", "/v1/images/oficinas/transito").status_code == 404


def test_a_catalogue_is_one_tenants(api, put):
    put(picture(), "/v1/images/feria/a")
    refused = put(picture(), "/v1/images/feria/b", tenant="punta-brava")
    assert (refused.status_code, refused.json()["code"]) == (409, "catalogue_taken")
    assert api("DELETE", "/v1/images/feria/a", tenant="punta-brava").status_code == 404
    assert api("GET", "/v1/images/feria", tenant="punta-brava").json() == []


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("visitor", 403), ("service", 422), (None, 401)])
def test_who_may_not_keep_pictures(put, role, status):
    assert put(picture(), role=role).status_code == status


def bomb(width, height):
    """A PNG of a few bytes that says that it has very many pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (bomb(30_000, 30_000), 413, "image_too_large"),
        (bomb(7_000, 6_000), 413, "image_too_large"),
        (b"\xff" * (15 * 1024 * 1024 + 1), 413, "image_too_large"),
        (b"", 422, "image_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "image_unreadable"),
        (b"%PDF-1.7", 422, "image_unreadable"),
        (picture()[:5000], 422, "image_unreadable"),
        (picture("TIFF", (10, 10)), 422, "image_unreadable"),
        (bomb(100, 100), 422, "image_unreadable"),
    ],
)
def test_what_is_no_good_picture_is_refused(put, content, status, code):
    refused = put(content, "/v1/images/oficinas/mala")
    assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.parametrize("query", ["?w=0", "?w=-1", "?w=2049", "?h=99999", "?w=a", "?format=svg", "?format=gif"])
def test_sizes_and_formats_that_are_not_made_are_refused(api, put, query):
    put(picture())
    assert get(api, SHOWN + query).status_code == 422


@pytest.mark.parametrize("path", ["Oficinas/a", "a/..%2Fb", "a%00/b", "-a/b", "a/" + "b" * 101])
def test_names_are_plain(api, path):
    assert get(api, f"/imagenes/catalogos/{path}").status_code in {404, 422}
    assert api("PUT", f"/v1/images/{path}", files={"file": ("a", picture(), "image/jpeg")}).status_code in {
        404,
        405,
        422,
    }


def test_a_picture_says_nothing_of_its_camera_and_stands_upright(api, put):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Marcela"
    put(picture(size=(400, 300), exif=exif))
    for form in ("webp", "jpeg", "avif", "png"):
        shown = get(api, f"{SHOWN}?format={form}")
        assert b"Camera of Marcela" not in shown.content
        assert opened(shown).size == (300, 400)


def test_transparency_is_kept_where_the_format_has_it(api, put):
    put(picture("PNG", (200, 100), "RGBA"))
    assert opened(get(api, SHOWN + "?format=webp")).mode == "RGBA"
    assert opened(get(api, SHOWN + "?format=jpeg")).mode == "RGB"
    put(picture("GIF", (200, 100), "P"))
    assert opened(get(api, SHOWN + "?format=webp")).size == (200, 100)


def test_sides_are_rounded_up_to_few():
    assert [rounded(side) for side in (None, 1, 64, 65, 2048)] == [None, 64, 64, 96, 2048]


def test_the_demo_s_maps_are_drawn_once_and_never_over_an_office_s_own(engine, factory, bucket, s3, api):
    endpoint, key, secret = s3
    settings = MigrateSettings(
        munbot_mode="demo",
        database_url=engine.url.render_as_string(hide_password=False),
        s3_endpoint=endpoint,
        s3_access_key=key,
        s3_secret_key=secret,
        images_bucket=bucket,
        demo_seed_dir=DEMO,
    )
    assert demo.seed(settings) == 2
    shown = opened(api("GET", "/imagenes/catalogos/valle-claro-oficinas/transito?w=640&format=png"))
    assert shown.size == (640, 480)
    pin, ground = (shown.convert("RGB").getpixel(place) for place in ((397, 140), (100, 100)))
    assert pin == (11, 92, 138), "the municipality's blue, where the office is"
    assert ground != pin
    with unit_of_work(factory) as session:
        repository.remove(session, repository.find(session, "valle-claro-oficinas", "dideco"))
    assert demo.seed(settings) == 1
    with pytest.raises(RuntimeError):
        demo.seed(settings.model_copy(update={"munbot_mode": "production"}))
