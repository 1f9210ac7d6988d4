package io.ebpflb.runtime.traffic;

import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.demo.Topology;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The balancer in this process, its data plane in a topology's balancer namespace. */
final class LocalBalancer {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private LocalBalancer() {}

  /** Starts it without plugins; it forwards when this returns. */
  static LoadBalancer start(Topology topology, LbToml config) throws Exception {
    String name = "local-%d-%d".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet());
    Path file = Checkout.scratch().resolve(name + ".toml");
    Path state = Checkout.scratch().resolve(name + ".state.json");
    Files.writeString(file, config.text(Path.of("/tmp", "lbt-" + name + ".sock"), state));
    Path noPlugins = Checkout.scratch().resolve("no-plugins");
    return Within.namespace(
        topology.balancer(), () -> LoadBalancer.start(Options.of(file, noPlugins)));
  }
}
