package io.ebpflb.runtime.admin;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

/** A self-signed certificate for localhost and lb.example.com, made by the JDK's keytool. */
public record PemFiles(Path certificate, Path key) {

  private static final String PASSWORD = "only-for-tests";

  public static PemFiles create(Path directory) throws Exception {
    Path file = directory.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "lb",
                "-dname",
                "CN=lb",
                "-ext",
                "SAN=dns:lb.example.com,dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new AssertionError(said);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    Key key = store.getKey("lb", PASSWORD.toCharArray());
    return new PemFiles(
        write(directory, "CERTIFICATE", store.getCertificate("lb").getEncoded()),
        write(directory, "PRIVATE KEY", key.getEncoded()));
  }

  private static Path write(Path directory, String kind, byte[] bytes) throws Exception {
    String text = Base64.getMimeEncoder(64, "\n".getBytes()).encodeToString(bytes);
    return Files.writeString(
        directory.resolve(kind.replace(' ', '-') + ".pem"),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }
}
