package io.ebpflb.plugin.dns;

import io.ebpflb.api.Default;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Range;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The settings of {@code [plugin.dns]}. */
record ServerSettings(
    @Doc("Name servers, with or without a port; without any those of /etc/resolv.conf")
        List<String> nameServers,
    @Doc("Domains to try names in that are not whole; without any those of /etc/resolv.conf")
        List<String> search,
    @Doc("How long one question to one name server may take")
        @Default("2s")
        @Range(min = "100ms", max = "5s")
        Duration timeout,
    @Doc("How often each name server is asked before a resolution fails")
        @Default("2")
        @Range(min = "1", max = "5")
        int attempts) {
  private static final int PORT = 53;

  ServerSettings {
    nameServers.forEach(ServerSettings::server);
    search.forEach(HostName::require);
  }

  /** What to ask now: the file may have changed since. */
  Servers servers(Path resolvConf) {
    ResolvConf system =
        nameServers.isEmpty() || search.isEmpty() ? ResolvConf.read(resolvConf) : ResolvConf.EMPTY;
    return new Servers(
        nameServers.isEmpty()
            ? system.nameServers()
            : nameServers.stream().map(ServerSettings::server).toList(),
        search.isEmpty() ? system.search() : search,
        system.ndots(),
        timeout,
        attempts);
  }

  /**
   * @throws IllegalArgumentException if it is neither an address nor an address and port
   */
  static InetSocketAddress server(String text) {
    boolean isBareIpv6 = !text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':');
    boolean hasPort = !isBareIpv6 && text.matches(".*[\\]0-9.]:[0-9]+");
    String host = isBareIpv6 ? "[" + text + "]" : text;
    try {
      return Endpoints.parse(hasPort ? text : host + ":" + PORT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "name server \"" + text + "\" is not an address such as 10.0.0.53 or 10.0.0.53:5353");
    }
  }

  /**
   * Whom to ask, and how.
   *
   * @param ndots names with fewer dots are tried in the search domains first
   */
  record Servers(
      List<InetSocketAddress> addresses,
      List<String> search,
      int ndots,
      Duration timeout,
      int attempts) {}
}
