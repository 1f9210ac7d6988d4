package io.ebpflb.testing;

import io.ebpflb.api.BackendView;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.ServiceView;
import java.util.List;

/**
 * A service as a service feature sees it.
 *
 * @param backends see {@link FakeBackend}
 */
public record FakeService(String name, Protocol protocol, List<BackendView> backends)
    implements ServiceView {
  public FakeService {
    backends = List.copyOf(backends);
  }

  /** One called {@code web}. */
  public static FakeService of(Protocol protocol, BackendView... backends) {
    return new FakeService("web", protocol, List.of(backends));
  }
}
