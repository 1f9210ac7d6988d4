package io.ebpflb.runtime.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.runtime.demo.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What {@code admin.toml} says in comments: how its files are made, and who may do what. */
final class AdminExample {
  private static final String AT = "10.0.0.254:9180";
  private static final String BACKEND = "10.0.0.1:8080";
  private static final String WEIGHT = "/api/v1/services/web/backends/" + BACKEND + "/weight";
  private static final String RELOAD = "/api/v1/reload";
  private static final String COMMAND = "#   ";

  private final Namespace host;
  private final Path directory;

  /**
   * @param host where others are
   * @param directory of its files
   */
  AdminExample(Namespace host, Path directory) {
    this.host = host;
    this.directory = directory;
  }

  /** Runs the commands of the comments, but for those that need a balancer. */
  static void prepare(String text) throws Exception {
    String commands =
        text.lines()
            .filter(line -> line.startsWith(COMMAND) && !line.startsWith(COMMAND + "lb "))
            .map(line -> line.substring(COMMAND.length()))
            .collect(Collectors.joining("\n"));
    Process shell =
        new ProcessBuilder("sh", "-ec", commands)
            .redirectErrorStream(true)
            .redirectOutput(Checkout.scratch().resolve("admin-example.log").toFile())
            .start();
    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(shell.exitValue()).isZero();
  }

  void run() throws IOException {
    assertThat(status(List.of(), "/api/v1/services")).isEqualTo("401");
    assertThat(status(shown("dashboard"), "/api/v1/services")).isEqualTo("200");
    assertThat(change("dashboard", "PUT", WEIGHT, "{\"weight\":3}")).isEqualTo("403");
    assertThat(change("pager", "PUT", WEIGHT, "{\"weight\":3}")).isEqualTo("200");
    assertThat(change("pager", "DELETE", WEIGHT, "")).isEqualTo("200");
    assertThat(change("pager", "POST", RELOAD, "")).isEqualTo("403");
    assertThat(change("deploy", "POST", RELOAD, "")).isEqualTo("200");
    assertThatThrownBy(() -> host.run("curl", "-s", "http://" + AT + "/live"))
        .hasMessageContaining("exit code");

    assertThat(lb("backends", "dashboard", "web")).contains(BACKEND);
    assertThatThrownBy(() -> lb("drain", "dashboard", "web", BACKEND))
        .hasMessageContaining("exit code 2:")
        .hasMessageContaining("this needs the role operator; the token dashboard has viewer");
    assertThat(lb("drain", "pager", "web", BACKEND, "--wait")).contains("completed");
    assertThat(lb("ready", "pager", "web", BACKEND)).contains("ready");

    assertThat(Files.readString(directory.resolve("audit.log")))
        .contains("\"pager\"", "\"dashboard\"", "\"deploy\"")
        .doesNotContain(token("pager"));
  }

  private String token(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".token")).strip();
  }

  private List<String> shown(String name) throws IOException {
    return List.of("-H", "Authorization: Bearer " + token(name));
  }

  private String change(String name, String method, String path, String body) throws IOException {
    List<String> options = new ArrayList<>(shown(name));
    options.addAll(List.of("-X", method));
    if (!body.isEmpty()) {
      options.addAll(List.of("-H", "Content-Type: application/json", "-d", body));
    }
    return status(options, path);
  }

  private String status(List<String> options, String path) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "-s", "-o", "/dev/null"));
    command.addAll(List.of("-w", "%{http_code}", "--cacert", certificate()));
    command.addAll(options);
    command.add("https://" + AT + path);
    return host.run(command.toArray(String[]::new));
  }

  private String lb(String command, String token, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(Checkout.launcher(), command));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--url", "https://" + AT, "--ca", certificate(), "--token-file"));
    all.add(directory.resolve(token + ".token").toString());
    return host.run(all.toArray(String[]::new));
  }

  private String certificate() {
    return directory.resolve("chain.pem").toString();
  }
}
