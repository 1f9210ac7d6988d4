package io.ebpflb.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.Endpoints;
import io.ebpflb.plugin.dns.ServerSettings.Servers;
import io.ebpflb.plugin.dns.TargetSettings.Kind;
import io.ebpflb.plugin.dns.TargetSettings.OnEmpty;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static String format(InetSocketAddress server) {
    return Endpoints.format(server.getAddress(), server.getPort());
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.53, 10.0.0.53:53",
    "10.0.0.53:5353, 10.0.0.53:5353",
    "2001:db8::53, [2001:db8::53]:53",
    "[2001:db8::53], [2001:db8::53]:53",
    "[2001:db8::53]:5353, [2001:db8::53]:5353"
  })
  void readsNameServers(String text, String expected) {
    assertThat(format(ServerSettings.server(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ns.test", "10.0.0", "10.0.0.53:0", "10.0.0.53:99999", "", "fe80::1%e0"})
  void refusesNameServers(String text) {
    assertThatThrownBy(() -> ServerSettings.server(text))
        .hasMessage(
            "name server \"" + text + "\" is not an address such as 10.0.0.53 or 10.0.0.53:5353");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "web.test", "web.test.", "_http._tcp.web.test", "a-1.test"})
  void takesHostNames(String host) {
    assertThatCode(() -> HostName.require(host)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a..b", "a b", "10.0.0.1", "web:80", "a\n"})
  void refusesHostNames(String host) {
    assertThatThrownBy(() -> HostName.require(host)).hasMessageEndingWith("is not a host name");
  }

  private static TargetSettings target(Optional<Integer> port, Kind record) {
    return new TargetSettings("web.test", port, record, Optional.empty(), OnEmpty.KEEP);
  }

  @Test
  void wantsAPortUnlessTheAnswersHaveIt() {
    assertThatThrownBy(() -> target(Optional.empty(), Kind.ADDRESS)).hasMessage("port is missing");
    assertThatThrownBy(() -> target(Optional.of(80), Kind.SRV))
        .hasMessage("record = \"srv\" takes the port from the answers");
    assertThat(target(Optional.of(80), Kind.A).label()).isEqualTo("web.test:80");
  }

  @Test
  void readsWhatTheSystemSays() {
    ResolvConf read =
        ResolvConf.parse(
            List.of(
                "# nameserver 10.9.9.9",
                "nameserver 10.0.0.53",
                "  nameserver   2001:db8::53",
                "nameserver fe80::1%eth0",
                "nameserver",
                "domain old.test",
                "search one.test two.test",
                "options timeout:1 ndots:5"));

    assertThat(read.nameServers())
        .extracting(SettingsTest::format)
        .containsExactly("10.0.0.53:53", "[2001:db8::53]:53");
    assertThat(read.search()).containsExactly("one.test", "two.test");
    assertThat(read.ndots()).isEqualTo(5);
    assertThat(ResolvConf.read(Path.of("/none"))).isEqualTo(ResolvConf.EMPTY);
  }

  @Test
  void prefersItsOwnSettingsToTheSystems(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("resolv.conf");
    Files.writeString(file, "nameserver 10.0.0.53\nsearch sys.test\n");

    Servers own =
        new ServerSettings(List.of("10.0.0.1"), List.of("own.test"), TIMEOUT, 2).servers(file);
    Servers system = new ServerSettings(List.of(), List.of(), TIMEOUT, 2).servers(file);

    assertThat(own.addresses()).extracting(SettingsTest::format).containsExactly("10.0.0.1:53");
    assertThat(own.search()).containsExactly("own.test");
    assertThat(system.addresses()).extracting(SettingsTest::format).containsExactly("10.0.0.53:53");
    assertThat(system.search()).containsExactly("sys.test");
  }

  @ParameterizedTest
  @CsvSource({
    "web, 1, web.one.test web",
    "web.a, 1, web.a web.a.one.test",
    "web.a, 2, web.a.one.test web.a",
    "web., 1, web"
  })
  void ordersCandidatesAsTheSystemDoes(String name, int ndots, String expected) {
    Servers servers = new Servers(List.of(), List.of("one.test"), ndots, TIMEOUT, 1);

    assertThat(String.join(" ", Lookups.candidates(name, servers))).isEqualTo(expected);
  }
}
