package io.ebpflb.api;

import java.util.List;

/** What the runtime knows of a service at one moment. */
public interface ServiceView {
  String name();

  Protocol protocol();

  /** The backends of its default group. */
  List<BackendView> backends();
}
