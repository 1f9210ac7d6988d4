package io.ebpflb.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ebpflb.runtime.dataplane.MapDump;
import io.ebpflb.runtime.dataplane.MemoryDataPlane;
import io.ebpflb.runtime.reload.Reload;
import io.ebpflb.runtime.reload.ReloadPreview;
import io.ebpflb.runtime.reload.ReloadResult;
import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import io.ebpflb.runtime.service.ConfigDiff.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The config of a running balancer changes, by each way that leads there. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReloadTest {
  private final MemoryDataPlane dataPlane = new MemoryDataPlane();

  @TempDir private Path directory;
  private Path file;
  private LoadBalancer balancer;
  private Reload reload;

  @BeforeEach
  void start() throws Exception {
    file = Files.writeString(directory.resolve("lb.toml"), config("10.0.0.1", "10.0.0.2"));
    startFrom(file);
  }

  private void startFrom(Path path) throws Exception {
    balancer =
        LoadBalancer.start(
            Options.of(path, directory.resolve("no-plugins")).withDataPlane(settings -> dataPlane));
    reload = balancer.reloader();
  }

  @AfterEach
  void stop() {
    balancer.close();
  }

  @Test
  void theFileAsItIsNowIsInForceAfterwards() throws Exception {
    Files.writeString(file, config("10.0.0.1", "10.0.0.3"));

    ReloadResult result = reload.reload("test");

    assertThat(result.outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(result.diff().services().get(0).backends())
        .extracting("endpoint", "kind")
        .containsExactly(tuple("10.0.0.2:8080", Kind.REMOVED), tuple("10.0.0.3:8080", Kind.ADDED));
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.3:8080");
    assertThat(reload.status().configHash()).isEqualTo(sha256(file));
    assertThat(reload.status().lastAttempt().orElseThrow().initiator()).isEqualTo("test");
    assertThat(reload.reload("test").outcome()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void everyBrokenConfigIsRefusedAndLeavesEachByteAsItWas() throws Exception {
    Map<String, String> before = MapDump.of(dataPlane);
    String text = reload.text();
    int cases = 0;
    for (Path broken : brokenConfigs()) {
      Files.copy(broken, file, StandardCopyOption.REPLACE_EXISTING);

      ReloadResult result = reload.reload("test");

      assertThat(result.outcome()).as(broken.toString()).isEqualTo(Outcome.REFUSED);
      assertThat(result.problems()).isNotEmpty();
      assertThat(result.problems()).allMatch(problem -> problem.startsWith(file + ":"));
      assertThat(MapDump.of(dataPlane)).as(broken.toString()).isEqualTo(before);
      cases++;
    }
    assertThat(cases).isGreaterThanOrEqualTo(60);
    assertThat(reload.text()).isEqualTo(text);
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
  }

  @Test
  void theProblemsAreThoseOfCheck() throws Exception {
    Files.writeString(file, config("10.0.0.1").replace("listen", "lisen"));

    List<String> problems = reload.reload("test").problems();

    int line = Files.readAllLines(file).indexOf("lisen = \"203.0.113.10:80\"") + 1;
    assertThat(problems.toString())
        .contains(file + ":" + line + ": service \"web\" > lisen: unknown key")
        .contains("did you mean: listen");
    assertThat(reload.status().lastAttempt().orElseThrow().problems()).isEqualTo(problems);
  }

  @Test
  void whatTakesARestartIsRefusedByName() {
    String text =
        config("10.0.0.9")
            .replace("[\"eth0\"]", "[\"eth0\"]\nmax-flows = 2048")
            .replace("lb.sock\"", "other.sock\"\nlisten = \"127.0.0.1:9180\"");

    List<String> problems = reload.apply(text, "test").problems();

    assertThat(problems.get(0))
        .startsWith(file + ":3: dataplane > max-flows: differs from what runs")
        .contains("restart the balancer");
    assertThat(problems).anyMatch(each -> each.startsWith(file + ":5: admin > socket: "));
    assertThat(problems).anyMatch(each -> each.startsWith(file + ":6: admin > listen: "));
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
  }

  @Test
  void whatDoesNotFitIsRefusedAndLeavesEachByteAsItWas() {
    Map<String, String> before = MapDump.of(dataPlane);
    StringBuilder many = new StringBuilder(config("10.0.0.1"));
    for (int i = 0; i < 20; i++) {
      many.append(
          "[[service]]\nname = \"s%d\"\nlisten = \"203.0.113.11:%d\"\n".formatted(i, i + 1));
      many.append("target = [ ");
      for (int j = 0; j < 1000; j++) {
        String comma = j == 0 ? "" : ", ";
        many.append("%s{ address = \"10.%d.%d.%d:1\" }".formatted(comma, i + 1, j >> 8, j & 255));
      }
      many.append(" ]\n");
    }

    ReloadResult result = reload.apply(many.toString(), "test");

    assertThat(result.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(result.problems().toString()).contains("max-backends");
    assertThat(MapDump.of(dataPlane)).isEqualTo(before);
  }

  @Test
  void allServicesAreReplacedByAsManyAsThereMayBe() throws Exception {
    balancer.close();
    String limited = config("10.0.0.1").replace("[admin]", "max-services = 1\n[admin]");
    Files.writeString(file, limited);
    startFrom(file);
    String replaced = limited.replace("203.0.113.10", "203.0.113.11").replace("\"web\"", "\"b\"");

    ReloadResult result = reload.apply(replaced, "test");

    assertThat(result.problems()).isEmpty();
    assertThat(balancer.services()).extracting("name").containsExactly("b");
    assertThat(reload.apply(limited, "test").problems()).isEmpty();
    assertThat(balancer.services()).extracting("name").containsExactly("web");
  }

  @Test
  void whatIsNoServicesIsNamedInADiff() {
    String text =
        config("10.0.0.1", "10.0.0.2")
            .replace(
                "[[service]]", "[metrics]\npath = \"/m\"\n[reload]\nwatch = false\n[[service]]");
    Map<String, List<String>> tables =
        Map.of("metrics", List.of("path"), "reload", List.of("watch"));

    assertThat(reload.preview(text).diff().tables()).isEqualTo(tables);
    assertThat(reload.apply(text, "test").diff().tables()).isEqualTo(tables);
    assertThat(reload.preview(text).diff().tables()).isEmpty();
  }

  @Test
  void aPreviewChangesNothing() {
    Map<String, String> before = MapDump.of(dataPlane);

    ReloadPreview preview = reload.preview(config("10.0.0.1", "10.0.0.2", "10.0.0.3"));

    assertThat(preview.problems()).isEmpty();
    assertThat(preview.diff().services().get(0).movedShare()).isBetween(0.33, 0.36);
    assertThat(reload.preview("[dataplane").problems()).hasSize(1);
    assertThat(MapDump.of(dataPlane)).isEqualTo(before);
    assertThat(reload.status().lastAttempt()).isEmpty();
  }

  @Test
  void anEditIsInForceUntilAReloadAndStaysOnceSaved() throws Exception {
    String original = Files.readString(file);
    String edited = config("10.0.0.7");

    reload.apply(edited, "api");
    assertThat(backends()).containsExactly("10.0.0.7:8080");
    assertThat(reload.text()).isEqualTo(edited);
    assertThat(file).hasContent(original);
    reload.reload("test");
    assertThat(backends()).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    reload.replace(edited, "api");
    assertThat(file).hasContent(edited);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertThat(reload.reload("test").outcome()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void aFileThatIsGoneIsSaidAndChangesNothing() throws Exception {
    Files.delete(file);

    ReloadResult result = reload.reload("test");

    assertThat(result.problems()).containsExactly(file + ": no such file");
    assertThat(backends()).hasSize(2);
  }

  @Test
  void aFileWrittenInPlaceOrReplacedIsNoticed() throws Exception {
    assertThat(reload.status().isWatching()).isTrue();

    Files.writeString(file, config("10.0.0.3"));
    await(() -> backends().equals(List.of("10.0.0.3:8080")));

    Path fresh = Files.writeString(directory.resolve("lb.toml~"), config("10.0.0.4"));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    await(() -> backends().equals(List.of("10.0.0.4:8080")));

    Files.delete(file);
    Files.writeString(file, "[dataplane");
    await(() -> reload.status().lastAttempt().orElseThrow().outcome() == Outcome.REFUSED);
    Files.writeString(file, config("10.0.0.5"));
    await(() -> backends().equals(List.of("10.0.0.5:8080")));
  }

  @Test
  void aSymbolicLinkThatIsSwappedFurtherUpIsNoticed() throws Exception {
    balancer.close();
    // As a Kubernetes volume: lb.toml -> ..data/lb.toml, and ..data -> a directory of a version.
    Path volume = Files.createDirectory(directory.resolve("volume"));
    for (int version = 1; version <= 2; version++) {
      Path of = Files.createDirectory(volume.resolve("v" + version));
      Files.writeString(of.resolve("lb.toml"), config("10.0.0." + version));
    }
    Files.createSymbolicLink(volume.resolve("..data"), Path.of("v1"));
    Files.createSymbolicLink(volume.resolve("lb.toml"), Path.of("..data", "lb.toml"));
    startFrom(volume.resolve("lb.toml"));
    assertThat(backends()).containsExactly("10.0.0.1:8080");

    Files.createSymbolicLink(volume.resolve("..new"), Path.of("v2"));
    Files.move(volume.resolve("..new"), volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

    await(() -> backends().equals(List.of("10.0.0.2:8080")));
  }

  @Test
  void theWatchFollowsTheConfig() {
    String unwatched = config("10.0.0.1") + "[reload]\nwatch = false\n";
    reload.replace(unwatched, "test");
    assertThat(reload.status().isWatching()).isFalse();

    reload.replace(config("10.0.0.1"), "test");
    assertThat(reload.status().isWatching()).isTrue();
  }

  private List<String> backends() {
    return balancer.services().get(0).backends().stream().map(each -> each.name()).toList();
  }

  private static List<Path> brokenConfigs() throws Exception {
    Path configs = Path.of(ReloadTest.class.getResource("/config").toURI());
    try (Stream<Path> files = Files.list(configs)) {
      return files.filter(each -> each.toString().endsWith(".toml")).sorted().toList();
    }
  }

  private static String sha256(Path of) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(of));
    return HexFormat.of().formatHex(digest).substring(0, 16);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadlineNanos);
      Thread.sleep(10);
    }
  }

  private String config(String... addresses) {
    StringBuilder text = new StringBuilder("[dataplane]\ninterfaces = [\"eth0\"]\n");
    text.append("[admin]\nsocket = \"").append(directory.resolve("lb.sock")).append("\"\n");
    text.append("[[service]]\nname = \"web\"\nlisten = \"203.0.113.10:80\"\n");
    for (String address : addresses) {
      text.append("  [[service.target]]\n  address = \"").append(address).append(":8080\"\n");
    }
    return text.toString();
  }
}
