"""Uploads a photo with the generated client, waits until it is ready, and downloads its variants.

    GATEWAY=http://127.0.0.1:3000 KEY=hg_… python upload_photo.py harbour.jpg
"""

import hashlib
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

import hashgate
from hashgate import ContentType, Image, ImageStatus, UploadRequest, UploadTarget, Variant


def main(path: Path) -> None:
    photo = path.read_bytes()
    configuration = hashgate.Configuration(host=os.environ["GATEWAY"], access_token=os.environ["KEY"])
    with hashgate.ApiClient(configuration) as client:
        answer = hashgate.UploadsApi(client).create_upload(describe(path, photo))
        if answer.upload:
            put_bytes(answer.upload, photo)
            print(f"uploaded {len(photo)} bytes")
        else:
            print("duplicate: nothing to upload")

        image = wait_for_image(hashgate.ImagesApi(client), answer.image_id)
    if image.status is not ImageStatus.READY:
        sys.exit(image.rejection.detail)
    for variant in image.variants:
        check_variant(variant)
        print(f"{variant.name} {variant.width}×{variant.height}: {variant.byte_length} bytes of WebP")


def describe(path: Path, photo: bytes) -> UploadRequest:
    return UploadRequest(
        sha256=hashlib.sha256(photo).hexdigest(),
        byte_length=len(photo),
        content_type=ContentType.JPEG,
        file_name=path.name,
    )


def put_bytes(target: UploadTarget, photo: bytes) -> None:
    """The bytes go to the store, not to the gateway, with exactly the headers that were told."""
    request = urllib.request.Request(target.url, photo, target.headers, method=target.method)
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as error:
        if error.code != 412:  # the store has these bytes already
            raise


def wait_for_image(images: hashgate.ImagesApi, image_id: str) -> Image:
    """Each call is held for up to 20 seconds."""
    while True:
        image = images.get_image(image_id, wait=20)
        if image.status in (ImageStatus.READY, ImageStatus.REJECTED):
            return image


def check_variant(variant: Variant) -> None:
    with urllib.request.urlopen(variant.url) as response:
        assert response.status == 200
        assert response.headers["content-type"] == variant.content_type
        body = response.read()
    assert len(body) == variant.byte_length
    assert body[:4] + body[8:12] == b"RIFFWEBP"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
