"""Pictures: opened within limits, turned upright, put into sRGB, and written anew in the sizes that pages use.

Only the pixels survive: no EXIF, no place, no name of a camera, no thumbnail, nothing behind the picture's end.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from services.profiles.inspection.found import Found, Refused, Variant

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
PHOTO_SIDES = (96, 192, 384)
LEAST_PHOTO = 192
SAMPLE_SIDE, THUMB_SIDE = 1600, 480
FACES = (0.5, 0.35)
"""Where to cut a portrait that is no square: heads are above the middle."""
QUALITY = 82

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def photo(data: bytes) -> Found:
    """Squares for avatars. Raises Refused."""
    with Opened(data) as image:
        if min(image.size) < LEAST_PHOTO:
            raise Refused(
                "This picture is too small. Use one of at least %(side)s by %(side)s pixels.", side=LEAST_PHOTO
            )
        upright = _flat(_upright(image, min(image.size) // (2 * PHOTO_SIDES[-1])))
    squares = [ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS, centering=FACES) for side in PHOTO_SIDES]
    return Found("image/webp", tuple(_webp(str(side), made) for side, made in zip(PHOTO_SIDES, squares, strict=True)))


def sample(data: bytes) -> Found:
    """A picture to look at, and a small one for lists. Raises Refused."""
    with Opened(data) as image:
        upright = _upright(image, max(image.size) // SAMPLE_SIDE)
    made = []
    for name, side in (("large", SAMPLE_SIDE), ("thumb", THUMB_SIDE)):
        upright.thumbnail((side, side), Image.Resampling.LANCZOS)
        made.append(_webp(name, upright))
    return Found("image/webp", tuple(made))


class Opened:
    """The first picture in the bytes, its pixels not yet read."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __enter__(self) -> Image.Image:
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            self._image = Image.open(io.BytesIO(self._data), formats=FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_many() from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise _broken() from error
        return self._image

    def __exit__(self, kind: object, error: object, _traceback: object) -> None:
        self._image.close()


def _upright(image: Image.Image, spare: int) -> Image.Image:
    """RGB or RGBA, in sRGB, as it is meant to be seen; about `spare` times smaller where that is several times."""
    if image.width * image.height > MOST_PIXELS:
        raise _too_many()
    try:
        image.draft("RGB", (SAMPLE_SIDE, SAMPLE_SIDE))  # a large JPEG is read at a fraction of its size
        image.load()
        turned = ImageOps.exif_transpose(_reduced(image, spare))
    except (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError) as error:
        raise _broken() from error
    alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    profile = turned.info.get("icc_profile")
    made = _in_srgb(turned, profile) if profile and not alpha else None
    return made or turned.convert("RGBA" if alpha else "RGB")


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """A large picture roughly made smaller first: all that follows works on what is left."""
    if factor < 2 or image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    smaller = image.reduce(factor)
    smaller.info = dict(image.info)
    exif = image.getexif()
    if exif:
        smaller.info["exif"] = exif.tobytes()  # how the camera was held
    return smaller


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image | None:
    """None for a profile that is broken or of another kind of picture: its colours are taken as they are."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _flat(image: Image.Image) -> Image.Image:
    """Without holes: what is transparent becomes white."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _webp(name: str, image: Image.Image) -> Variant:
    clean = Image.new(image.mode, image.size)  # pixels alone: `info` may still hold what came with the file
    clean.paste(image)
    written = io.BytesIO()
    clean.save(written, "WEBP", quality=QUALITY, method=4)
    return Variant(name, "image/webp", written.getvalue(), *image.size)


def _broken() -> Refused:
    return Refused("This picture cannot be read: it is damaged, or not what its name says. Use a JPEG, PNG or WebP.")


def _too_many() -> Refused:
    return Refused("This picture has too many pixels. Make it smaller, then upload it again.")


READERS: dict[str, Callable[[bytes], Found]] = {"photo": photo, "sample": sample}
