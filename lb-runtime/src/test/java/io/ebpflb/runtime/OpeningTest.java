package io.ebpflb.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import org.junit.jupiter.api.Test;

class OpeningTest {
  private final DataPlane dataPlane = mock(DataPlane.class);

  private static DataPlane refuse() {
    throw new DataPlaneException("no such interface");
  }

  @Test
  void whatIsTakenStaysOpen() {
    try (Opening opening = Opening.begin(() -> dataPlane)) {
      assertThat(opening.take()).isSameAs(dataPlane);
    }
    verify(dataPlane, never()).close();
  }

  @Test
  void whatNobodyTookIsClosed() {
    Opening.begin(() -> dataPlane).close();
    verify(dataPlane).close();
  }

  @Test
  void aRefusalIsToldToWhoTakes() {
    try (Opening opening = Opening.begin(OpeningTest::refuse)) {
      assertThatThrownBy(opening::take)
          .isInstanceOf(DataPlaneException.class)
          .hasMessage("no such interface");
    }
    // To one that failed before, nothing is added.
    Opening.begin(OpeningTest::refuse).close();
  }
}
