package hashgate.example;

import hashgate.client.ApiClient;
import hashgate.client.ApiException;
import hashgate.client.api.ImagesApi;
import hashgate.client.api.UploadsApi;
import hashgate.client.model.ContentType;
import hashgate.client.model.Image;
import hashgate.client.model.ImageStatus;
import hashgate.client.model.UploadRequest;
import hashgate.client.model.UploadTarget;
import hashgate.client.model.Variant;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Uploads a photo with the generated client, waits until it is ready, and downloads its variants.
 *
 * <pre>GATEWAY=http://127.0.0.1:3000 KEY=hg_… java -cp 'target/classes:target/lib/*' hashgate.example.UploadPhoto harbour.jpg</pre>
 */
public final class UploadPhoto {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public static void main(String[] args) throws Exception {
    var client = new ApiClient();
    client.updateBaseUri(System.getenv("GATEWAY"));
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + System.getenv("KEY")));
    try {
      uploadPhoto(client, Path.of(args[0]));
    } catch (ApiException refusal) {
      // The body is a problem with a stable `code` to branch on.
      System.err.println(refusal.getResponseBody());
      System.exit(1);
    }
  }

  private static void uploadPhoto(ApiClient client, Path path) throws Exception {
    var photo = Files.readAllBytes(path);
    var answer = new UploadsApi(client).createUpload(describe(path, photo));
    if (answer.getUpload() == null) {
      System.out.println("duplicate: nothing to upload");
    } else {
      putBytes(answer.getUpload(), photo);
      System.out.printf("uploaded %d bytes%n", photo.length);
    }

    var image = waitForImage(new ImagesApi(client), answer.getImageId());
    if (image.getStatus() != ImageStatus.READY) {
      throw new IllegalStateException(image.getRejection().getDetail());
    }
    for (var variant : image.getVariants()) {
      checkVariant(variant);
      System.out.printf(
          "%s %d×%d: %d bytes of WebP%n",
          variant.getName(), variant.getWidth(), variant.getHeight(), variant.getByteLength());
    }
  }

  private static UploadRequest describe(Path path, byte[] photo) throws GeneralSecurityException {
    var hash = MessageDigest.getInstance("SHA-256").digest(photo);
    return new UploadRequest()
        .sha256(HexFormat.of().formatHex(hash))
        .byteLength((long) photo.length)
        .contentType(ContentType.JPEG)
        .fileName(path.getFileName().toString());
  }

  /** The bytes go to the store, not to the gateway, with exactly the headers that were told. */
  private static void putBytes(UploadTarget target, byte[] photo) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(target.getUrl())
        .method(target.getMethod().getValue(), BodyPublishers.ofByteArray(photo));
    target.getHeaders().forEach((name, value) -> {
      // Java sets it by itself, and lets nobody else do it.
      if (!name.equals("content-length")) {
        request.header(name, value);
      }
    });
    var status = HTTP.send(request.build(), BodyHandlers.discarding()).statusCode();
    // 412: the store has these bytes already.
    if (status != 200 && status != 412) {
      throw new IOException("the store answers " + status);
    }
  }

  /** Each call is held for up to 20 seconds. */
  private static Image waitForImage(ImagesApi images, String imageId) throws ApiException {
    while (true) {
      var image = images.getImage(imageId, 20);
      if (image.getStatus() == ImageStatus.READY || image.getStatus() == ImageStatus.REJECTED) {
        return image;
      }
    }
  }

  private static void checkVariant(Variant variant) throws IOException, InterruptedException {
    var response = HTTP.send(HttpRequest.newBuilder(variant.getUrl()).build(), BodyHandlers.ofByteArray());
    var contentType = response.headers().firstValue("content-type").orElse("");
    var body = response.body();
    var text = new String(body, StandardCharsets.ISO_8859_1);
    var isWebP = text.startsWith("RIFF") && text.startsWith("WEBP", 8);
    if (response.statusCode() != 200
        || !contentType.equals(variant.getContentType())
        || body.length != variant.getByteLength()
        || !isWebP) {
      throw new IOException("%s: %d, %d bytes of %s"
          .formatted(variant.getName(), response.statusCode(), body.length, contentType));
    }
  }
}
