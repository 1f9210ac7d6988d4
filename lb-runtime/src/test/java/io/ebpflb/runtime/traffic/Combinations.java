package io.ebpflb.runtime.traffic;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.ebpflb.runtime.demo.Family;
import io.ebpflb.runtime.demo.Topology.Offloads;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What tests run with that take their time. */
final class Combinations {
  private Combinations() {}

  /** The hook and the offloads of most virtual links; in a long run each hook. */
  static Stream<Arguments> one() {
    return Checkout.isLongRun() ? hooksAndFamilies() : hooksAndFamilies().skip(1);
  }

  /** Each hook and each family once; in a long run each hook with each family. */
  static Stream<Arguments> hooksAndFamilies() {
    Stream<Arguments> each =
        Stream.of(
            arguments("xdp", Offloads.NONE, Family.IPV4),
            arguments("tc", Offloads.DEFAULT, Family.IPV6));
    Stream<Arguments> others =
        Stream.of(
            arguments("xdp", Offloads.NONE, Family.IPV6),
            arguments("tc", Offloads.DEFAULT, Family.IPV4));
    return Checkout.isLongRun() ? Stream.concat(each, others) : each;
  }
}
