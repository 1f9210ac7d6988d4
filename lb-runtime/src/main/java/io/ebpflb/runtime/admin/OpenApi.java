package io.ebpflb.runtime.admin;

import java.io.IOException;
import java.io.InputStream;

/** The description of the API that is shipped with it. */
final class OpenApi {

  private OpenApi() {}

  static Reply reply() throws IOException {
    Body body = new Body();
    try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
      in.transferTo(body);
    }
    return Reply.of(Reply.JSON, body);
  }
}
