package io.ebpflb.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1:80", "255.255.255.255:65535", "0.0.0.0:1", "[2001:db8::1]:80", "[::]:1"})
  void readsWhatItWrites(String text) {
    InetSocketAddress endpoint = Endpoints.parse(text);

    assertThat(Endpoints.format(endpoint.getAddress(), endpoint.getPort())).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.1",
        "10.0.0.1:",
        "10.0.0.1:0",
        "10.0.0.1:65536",
        "10.0.0.1:080",
        "10.0.0.1:100000",
        "10.0.0.1.5:80",
        "10..0.1:80",
        "10.0.0.-1:80",
        "[2001:db8::1]]:80",
        "10.0.0:80",
        "10.0.0.256:80",
        "10.0.0.01:80",
        "10.0.0.1.:80",
        "localhost:80",
        "2001:db8::1:80",
        "[10.0.0.1]:80",
        "[2001:db8::1%eth0]:80",
        "[1::2::3]:80",
        "[:::]:80",
        "10.0.0.1:80 "
      })
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> Endpoints.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
