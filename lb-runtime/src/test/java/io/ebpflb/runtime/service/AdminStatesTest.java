package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class AdminStatesTest {
  private static final BackendKey BACKEND = new BackendKey("web", endpoint("10.0.0.1"));

  private final ManualLoop loop = new ManualLoop();
  private final FakeStore store = new FakeStore();
  private final AdminStates admin = new AdminStates(loop, store);

  @Test
  void aBackendThatIsAwayForLongIsForgotten() {
    admin.setWeight(BACKEND, OptionalDouble.of(3));
    admin.forgetAbsent(key -> false);
    loop.advance(AdminStates.ABSENCE_MAX.minusSeconds(1));
    admin.forgetAbsent(key -> false);
    assertThat(admin.of(BACKEND).weight()).hasValue(3);

    loop.advance(Duration.ofSeconds(1));
    admin.forgetAbsent(key -> false);
    assertThat(admin.of(BACKEND)).isEqualTo(AdminStates.Setting.NONE);
    assertThat(store.kept).isEmpty();
  }

  @Test
  void aBackendThatComesBackInTimeIsNotForgotten() {
    admin.setWeight(BACKEND, OptionalDouble.of(3));
    admin.forgetAbsent(key -> false);
    loop.advance(AdminStates.ABSENCE_MAX.minusSeconds(1));
    admin.forgetAbsent(key -> true);
    loop.advance(AdminStates.ABSENCE_MAX.minusSeconds(1));
    admin.forgetAbsent(key -> false);

    assertThat(admin.of(BACKEND).weight()).hasValue(3);
  }

  @Test
  void goingBackToWhatIsConfiguredKeepsNothing() {
    admin.setState(BACKEND, AdminState.DRAIN, Duration.ofSeconds(1));
    admin.setState(BACKEND, AdminState.READY, Duration.ofSeconds(1));

    assertThat(store.kept).isEmpty();
  }
}
