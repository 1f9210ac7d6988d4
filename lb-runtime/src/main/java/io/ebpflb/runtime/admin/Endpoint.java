package io.ebpflb.runtime.admin;

import java.io.IOException;

/** Answers the requests for one path. Called on a worker's thread, two at a time at most. */
@FunctionalInterface
interface Endpoint {
  Reply reply(Request request) throws IOException;
}
