package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.admin.AdminFixture;
import io.ebpflb.runtime.admin.PemFiles;
import io.ebpflb.runtime.config.Configuration.Token;
import io.ebpflb.runtime.config.Role;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that reach the balancer over TCP, with a token and TLS. */
class TcpTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return CommandLineTool.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  private Token token(String value) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), value);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return new Token("deploy", Role.ADMIN, Optional.of(file), Optional.empty());
  }

  private static String file(Token token) {
    return token.file().orElseThrow().toString();
  }

  @Test
  void aTokenIsShownOnLoopback() throws IOException {
    Token token = token("0123456789abcdef0123");
    try (AdminFixture admin = AdminFixture.guarded(List.of(token), Optional.empty())) {
      String url = "http://127.0.0.1:" + admin.port();
      assertThat(run("services", "--url", url)).isZero();
      assertThat(out.toString()).contains("web");
      assertThat(run("reload", "--url", url)).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).isEqualTo("lb: changes need a token on TCP, or the unix socket\n");
      assertThat(run("reload", "--url", url, "--token-file", file(token)))
          .as(err::toString)
          .isZero();
      assertThat(run("reload", "--url", "http://192.0.2.1:9180", "--token-file", file(token)))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString())
          .isEqualTo(
              "lb: the token would be sent to http://192.0.2.1:9180 for everybody to read;"
                  + " use https\n");
      assertThat(run("reload", "--url", url, "--token-file", "/nonexistent"))
          .isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(run("status", "--url", url.replace("http", "https")))
          .isEqualTo(ExitCode.ENVIRONMENT);
    }
  }

  @Test
  void whatOthersCanReachAnswersNobodyWithoutTokenAndTls() throws Exception {
    PemFiles pem = PemFiles.create(directory);
    Token token = token("0123456789abcdef0123");
    try (AdminFixture admin = AdminFixture.guarded(List.of(token), Optional.of(pem))) {
      String url = "https://localhost:" + admin.port();
      List<String> ca = List.of("--url", url, "--ca", pem.certificate().toString());
      assertThat(run(with(ca, "status"))).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).isEqualTo("lb: a token is needed: Authorization: Bearer TOKEN\n");

      String file = file(token);
      assertThat(run(with(ca, "status", "--token-file", file))).as(err::toString).isZero();
      assertThat(run(with(ca, "reload", "--token-file", file))).isZero();

      assertThat(run("status", "--url", url, "--token-file", file)).isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(err.toString()).contains("name who signed its certificate with --ca");
      assertThat(run("status", "--url", url.replace("https", "http")))
          .isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(admin.isAlive()).isTrue();
    }
    assertThat(run("status", "--url", "http://127.0.0.1:1")).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(err.toString()).contains("no balancer listens on http://127.0.0.1:1");
  }

  private static String[] with(List<String> options, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(options);
    return all.toArray(String[]::new);
  }
}
