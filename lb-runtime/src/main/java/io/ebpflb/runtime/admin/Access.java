package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.Role;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who may do what. */
final class Access {

  /** Whoever may open the socket's file may do everything. */
  static final Caller SOCKET = new Caller("socket", Role.ADMIN);

  /** Somebody on this machine who has shown no token. */
  static final Caller ANONYMOUS = new Caller("anonymous", Role.VIEWER);

  private Access() {}

  /**
   * @throws ProblemException if the caller may not
   */
  static void require(Caller caller, Role role) {
    if (caller.role().includes(role)) {
      return;
    }
    if (caller == ANONYMOUS) {
      throw new ProblemException(
          HttpResponseStatus.UNAUTHORIZED,
          "changes need a token on TCP, or the unix socket",
          Map.of(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"),
          List.of());
    }
    throw new ProblemException(
        HttpResponseStatus.FORBIDDEN,
        "this needs the role "
            + role.name().toLowerCase(Locale.ROOT)
            + "; the token "
            + caller.name()
            + " has "
            + caller.role().name().toLowerCase(Locale.ROOT));
  }
}
