package io.ebpflb.runtime.plugin;

import io.ebpflb.api.Doc;
import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.TargetResolver;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The target is its one backend. */
final class StaticResolver implements TargetResolver {

  /** The settings of {@code static}: an address and port, never looked up anywhere. */
  record Settings(
      @Doc("Address and port of the backend: \"10.0.0.1:80\" or \"[2001:db8::1]:80\"")
          String address) {
    Settings {
      Endpoints.parse(address);
    }
  }

  private final Resolution resolution;

  StaticResolver(Settings settings) {
    InetSocketAddress backend = Endpoints.parse(settings.address());
    resolution =
        Resolution.of(List.of(backend.getAddress()), backend.getPort(), Resolution.FOREVER);
  }

  @Override
  public CompletableFuture<Resolution> resolve() {
    return CompletableFuture.completedFuture(resolution);
  }
}
