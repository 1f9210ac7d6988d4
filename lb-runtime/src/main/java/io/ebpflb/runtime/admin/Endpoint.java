package io.ebpflb.runtime.admin;

import java.io.IOException;

/**
 * Answers the requests for one route. Those that read are called on one of two threads, those that
 * change something on a third, one after the other.
 */
@FunctionalInterface
interface Endpoint {
  /**
   * @throws ProblemException to refuse it
   */
  Reply reply(Request request) throws IOException;
}
