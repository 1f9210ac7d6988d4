package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigLoader;
import io.ebpflb.runtime.config.ConfigText;
import io.ebpflb.runtime.config.WrittenConfig;
import io.ebpflb.runtime.plugin.PluginHost;
import io.ebpflb.runtime.reload.Reload;
import io.ebpflb.runtime.reload.ReloadPreview;
import io.ebpflb.runtime.reload.ReloadResult;
import io.ebpflb.runtime.reload.ReloadResult.Outcome;
import io.ebpflb.runtime.reload.ReloadStatus;
import io.ebpflb.runtime.reload.UnsavedChanges;
import io.ebpflb.runtime.service.ConfigDiff;
import io.ebpflb.runtime.service.ConfigDiff.BackendDiff;
import io.ebpflb.runtime.service.ConfigDiff.Kind;
import io.ebpflb.runtime.service.ConfigDiff.Move;
import io.ebpflb.runtime.service.ConfigDiff.ServiceDiff;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Knows three texts: the one in force, one that changes everything, one that is refused. */
public final class SampleReload implements Reload {

  public static final String IN_FORCE = "# in force\n";
  public static final String NEXT = "# next\n";
  public static final String WRONG = "wrong";

  /** What is shown and edited. */
  public static final String CONFIG =
      """
      [dataplane]
      interfaces = ["eth0"]
      [[service]]
      name = "web"
      listen = "203.0.113.10:80"
      target = [ { address = "10.0.0.1:8080" } ]
      [[service.source-route]]
      source = "192.168.0.0/16"
      target = [ { address = "10.0.0.9:8080" } ]
      """;

  private static final String HASH = "0123456789abcdef";
  private static final Path FILE = Path.of("/etc/lb.toml");

  /** Of the file. */
  public volatile String file = NEXT;

  public volatile String applied = "";
  public volatile UnsavedChanges unsaved = new UnsavedChanges(false, List.of(), diff());

  /** Where the last reload ran. */
  volatile String thread = "";

  private volatile Optional<ReloadStatus.Attempt> last = Optional.empty();

  @Override
  public ReloadResult reload(String initiator) {
    thread = Thread.currentThread().getName();
    ReloadPreview preview = preview(FILE, file);
    Outcome unrefused =
        preview.diff().equals(ConfigDiff.NONE) ? Outcome.UNCHANGED : Outcome.APPLIED;
    Outcome outcome = preview.problems().isEmpty() ? unrefused : Outcome.REFUSED;
    last =
        Optional.of(
            new ReloadStatus.Attempt(
                SampleBalancer.NOW, initiator, outcome, preview.problems(), HASH));
    return new ReloadResult(outcome, preview.problems(), preview.diff(), HASH);
  }

  @Override
  public ReloadPreview preview(Path named, String text) {
    return switch (text) {
      case IN_FORCE -> new ReloadPreview(List.of(), ConfigDiff.NONE);
      case NEXT -> new ReloadPreview(List.of(), diff());
      default ->
          new ReloadPreview(
              List.of(
                  named + ":1: expected an equals sign\n     1 | wrong",
                  named + ":1: dataplane: is missing"),
              ConfigDiff.NONE);
    };
  }

  private static ConfigDiff diff() {
    return new ConfigDiff(
        List.of(
            new ServiceDiff(
                "web",
                Kind.CHANGED,
                List.of("algorithm", "health-check"),
                List.of(
                    new BackendDiff("10.0.0.1:8080", Kind.CHANGED, 50, 20.5, 7),
                    new BackendDiff("10.0.0.2:8080", Kind.REMOVED, 10, 0, 1),
                    new BackendDiff("10.0.0.3:8080", Kind.ADDED, 0, 1, 0)),
                List.of(
                    new Move(Optional.empty(), 0.255), new Move(Optional.of("192.0.2.0/24"), 1)),
                1),
            new ServiceDiff("old", Kind.REMOVED, List.of(), List.of(), List.of(), 12),
            new ServiceDiff("new", Kind.ADDED, List.of(), List.of(), List.of(), 0)),
        Map.of("dns", List.of("servers", "timeout")),
        Map.of("admin", List.of("token")));
  }

  @Override
  public ReloadStatus status() {
    return new ReloadStatus(FILE, HASH, true, last);
  }

  @Override
  public ReloadResult apply(String text, String initiator) {
    applied = text;
    return new ReloadResult(Outcome.APPLIED, List.of(), diff(), HASH);
  }

  @Override
  public ReloadResult replace(String text, String initiator) {
    throw new UnsupportedOperationException("not asked for by the endpoint");
  }

  @Override
  public ReloadResult edit(Edit edit, String initiator) {
    return apply(edit.of(written()), initiator);
  }

  @Override
  public void save(String initiator) throws IOException {
    if (!unsaved.problems().isEmpty()) {
      throw new IOException(FILE + ": no space left");
    }
    unsaved = UnsavedChanges.NONE;
  }

  @Override
  public void overwrite(String initiator) {
    unsaved = UnsavedChanges.NONE;
  }

  @Override
  public UnsavedChanges unsaved() {
    return unsaved;
  }

  @Override
  public String text() {
    return IN_FORCE;
  }

  @Override
  public WrittenConfig written() {
    try (PluginHost builtIn = PluginHost.load(Path.of("/nonexistent"))) {
      return ConfigLoader.written(ConfigText.of(FILE, CONFIG), builtIn.catalog());
    } catch (ConfigException | IOException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
