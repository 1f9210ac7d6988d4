package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.Configuration.DataPlaneSettings;
import java.security.SecureRandom;

/** {@code struct lb_settings}. */
final class SettingsLayout {
  static final int BYTES = 48;
  static final int FLOW_SEED = 0;
  static final int FLOW_SET_MASK = 8;
  static final int SECOND = 12;
  static final int ESTABLISHED_TIMEOUT = 16;
  static final int HALF_OPEN_TIMEOUT = 20;
  static final int CLOSING_TIMEOUT = 24;
  static final int UDP_TIMEOUT = 28;
  static final int EVENTS = 32;
  static final int SWEEP_SETS = 36;
  static final int SERVICES_GENERATION = 40;

  private SettingsLayout() {}

  static void write(
      MappedMemory to, DataPlaneSettings settings, FlowTableSize size, JiffyClock clock) {
    // Secret, so that nobody can aim flows at one set of the table.
    to.putLong(FLOW_SEED, new SecureRandom().nextLong());
    to.putInt(FLOW_SET_MASK, size.mask());
    to.putInt(SECOND, clock.perSecond());
    to.putInt(ESTABLISHED_TIMEOUT, clock.jiffies(settings.establishedTimeout()));
    to.putInt(HALF_OPEN_TIMEOUT, clock.jiffies(settings.halfOpenTimeout()));
    to.putInt(CLOSING_TIMEOUT, clock.jiffies(settings.closingTimeout()));
    to.putInt(UDP_TIMEOUT, clock.jiffies(settings.udpTimeout()));
    to.putInt(EVENTS, settings.flowEvents() ? 1 : 0);
    to.putInt(SWEEP_SETS, Sweeper.setsPerRun(size));
  }
}
