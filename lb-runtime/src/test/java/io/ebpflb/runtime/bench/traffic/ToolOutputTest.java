package io.ebpflb.runtime.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What Debian 12's programs print, recorded; cut where nothing is read. */
class ToolOutputTest {
  @Test
  void wrkSums() throws IOException {
    assertThat(Wrk.parse(sample("wrk.txt"))).isEqualTo(new Wrk.Sums(52616, 1.096422, 0));
  }

  @Test
  void wrkThatCannotConnect() {
    String printed = "unable to connect to 10.90.200.1:80 Connection refused\n";
    assertThatThrownBy(() -> Wrk.parse(printed))
        .isInstanceOf(IOException.class)
        .hasMessage("wrk printed no sums: " + printed.strip());
  }

  @Test
  void iperfCountsWhatArrivedNotWhatWasSent() throws IOException {
    assertThat(Iperf.parse(sample("iperf3-tcp-reverse.json")))
        .isEqualTo(new Iperf.Received(653131776, 1.000255));
    Iperf.Received datagrams = Iperf.parse(sample("iperf3-udp.json"));
    assertThat(datagrams.bytes()).isEqualTo((63790 - 38750) * 64);
  }

  @Test
  void iperfSumsStreams() throws IOException {
    assertThat(Iperf.parse(sample("iperf3-tcp-4.json")).bytes()).isEqualTo(938082304);
  }

  @Test
  void iperfSaysWhatWentWrong() {
    assertThatThrownBy(() -> Iperf.parse(sample("iperf3-error.json")))
        .isInstanceOf(IOException.class)
        .hasMessage("iperf3: unable to connect to server: Connection refused");
  }

  @Test
  void roundTripsAreInMicroseconds() throws IOException {
    assertThat(RoundTrips.parse("count=1000 p50_ns=62500 p99_ns=91000 busy_us=104000\n"))
        .isEqualTo(new Reading(62.5, 91, 104));
  }

  @Test
  void idleTimeOfAllCpus() {
    String stat = "cpu  10 1 20 4000 30 0 5 7 0 0\ncpu0 5 0 10 2000 15 0 2 3 0 0\n";
    assertThat(BusyTime.idleTicks(stat)).isEqualTo(4000 + 30 + 7);
  }

  private static String sample(String name) {
    try (var in = ToolOutputTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
