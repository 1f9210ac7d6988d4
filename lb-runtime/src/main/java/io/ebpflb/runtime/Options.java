package io.ebpflb.runtime;

import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import io.ebpflb.runtime.dataplane.BpfDataPlane;
import io.ebpflb.runtime.dataplane.DataPlane;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a balancer is started with.
 *
 * @param config the config file
 * @param text the config itself; empty: what the file holds
 * @param plugins the directory of plugin jars; need not exist
 * @param startedAt from when the time to forwarding is counted
 * @param dataPlane opens what forwards packets
 */
public record Options(
    Path config,
    Optional<String> text,
    Path plugins,
    Instant startedAt,
    Function<DataPlaneSettings, DataPlane> dataPlane) {

  /** Forwards in the kernel. */
  public static Options of(Path config, Path plugins) {
    return new Options(config, Optional.empty(), plugins, Instant.now(), BpfDataPlane::open);
  }

  /**
   * Starts with this config. The file is then only its name in messages, and where it is saved; it
   * need not exist.
   */
  public Options withText(String config) {
    return new Options(this.config, Optional.of(config), plugins, startedAt, dataPlane);
  }

  /** Counts the time to forwarding from an earlier moment, such as the start of the process. */
  public Options withStartedAt(Instant instant) {
    return new Options(config, text, plugins, instant, dataPlane);
  }

  /** Forwards by something else, for tests and embedders without privileges. */
  public Options withDataPlane(Function<DataPlaneSettings, DataPlane> replacement) {
    return new Options(config, text, plugins, startedAt, replacement);
  }
}
