package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Role;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;

/** Who may do what. */
final class Access {

  private static final String BEARER = "Bearer";

  private Access() {}

  /**
   * @throws ProblemException if the caller may not
   */
  static void require(Caller caller, Role role) {
    if (caller.role().includes(role)) {
      return;
    }
    if (caller.isAnonymous()) {
      throw unauthorized("changes need a token on TCP, or the unix socket", BEARER);
    }
    throw new ProblemException(
        HttpResponseStatus.FORBIDDEN,
        "this needs the role "
            + ServiceJson.word(role)
            + "; the token "
            + caller.name()
            + " has "
            + ServiceJson.word(caller.role()));
  }

  /** For a listener that answers nobody without one. */
  static ProblemException tokenMissing() {
    return unauthorized("a token is needed: Authorization: Bearer TOKEN", BEARER);
  }

  static ProblemException tokenUnknown() {
    return unauthorized("the token is not known here", BEARER + " error=\"invalid_token\"");
  }

  private static ProblemException unauthorized(String detail, String challenge) {
    return new ProblemException(
        HttpResponseStatus.UNAUTHORIZED,
        detail,
        Map.of(HttpHeaderNames.WWW_AUTHENTICATE, challenge),
        List.of());
  }
}
