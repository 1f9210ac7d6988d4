package io.ebpflb.runtime.cli;

import java.util.Map;
import java.util.Optional;

/** How a running balancer is reached; its text is the address, for messages. */
interface AdminTransport {

  /**
   * @param headers beside those that every request has
   * @return empty if that was no whole response
   * @throws EnvironmentException if nobody answers
   */
  Optional<AdminResponse> exchange(
      String method, String path, Map<String, String> headers, byte[] body);
}
