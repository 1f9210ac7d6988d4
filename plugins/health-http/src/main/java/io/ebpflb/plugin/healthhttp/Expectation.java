package io.ebpflb.plugin.healthhttp;

import io.ebpflb.api.CheckResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What an answer must look like. */
final class Expectation {
  private final StatusCodes codes;
  private final Optional<String> body;
  private final boolean bodyFollows;
  private final int replyBytesMax;

  Expectation(HttpSettings settings) {
    codes = StatusCodes.parse(settings.expectedCodes());
    body = settings.expectedBody();
    bodyFollows = !settings.method().equals("HEAD");
    replyBytesMax = settings.replyBytesMax();
  }

  /** Whether more bytes could not change the verdict, so that nothing need be waited for. */
  boolean isDecided(byte[] soFar) {
    try {
      HttpResponse response = HttpResponse.parse(soFar, bodyFollows);
      return response.isHeaderComplete()
          && (body.isEmpty()
              || !codes.contain(response.status())
              || response.isBodyComplete()
              || contains(response));
    } catch (MalformedResponseException e) {
      return true;
    }
  }

  /**
   * @param answer all that came until it was decided, the limit was reached or the peer closed
   */
  CheckResult judge(byte[] answer) {
    try {
      HttpResponse response = HttpResponse.parse(answer, bodyFollows);
      if (!response.isHeaderComplete()) {
        return CheckResult.failed(incomplete(answer));
      }
      String seen = "HTTP " + response.status();
      if (!codes.contain(response.status())) {
        return CheckResult.failed(seen + ", expected " + codes);
      }
      return body.isEmpty() || contains(response)
          ? CheckResult.passed(seen)
          : CheckResult.failed(seen + ", " + withoutBody(response, answer));
    } catch (MalformedResponseException e) {
      return CheckResult.failed(e.getMessage());
    }
  }

  private String incomplete(byte[] answer) {
    if (answer.length == 0) {
      return "closed without an answer";
    }
    return answer.length >= replyBytesMax
        ? "the header is longer than " + replyBytesMax + " bytes"
        : "closed in the middle of the header";
  }

  private String withoutBody(HttpResponse response, byte[] answer) {
    String text = "body without \"" + body.orElseThrow() + "\"";
    if (response.isBodyComplete() || response.isBodyEndedByClose() && !isFull(answer)) {
      return text;
    }
    return isFull(answer)
        ? text + " in the first " + replyBytesMax + " bytes of the answer"
        : "closed in the middle of the body";
  }

  private boolean isFull(byte[] answer) {
    return answer.length >= replyBytesMax;
  }

  private boolean contains(HttpResponse response) {
    // One byte is one character here, so that a cut inside a UTF-8 sequence does no harm.
    String bytes = new String(response.body(), StandardCharsets.ISO_8859_1);
    byte[] wanted = body.orElseThrow().getBytes(StandardCharsets.UTF_8);
    return bytes.contains(new String(wanted, StandardCharsets.ISO_8859_1));
  }
}
