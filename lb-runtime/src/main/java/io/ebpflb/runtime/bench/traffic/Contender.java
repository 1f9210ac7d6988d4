package io.ebpflb.runtime.bench.traffic;

/** What carries packets between the client and the backends. */
enum Contender {
  /** The kernel's forwarding: backends own the service address, and connections are routed. */
  ROUTING("routing"),

  /** The least that a native XDP program can do: as routing, by a table of next hops. */
  REDIRECT("redirect"),

  LB_XDP("ebpf-lb-xdp"),
  LB_TC("ebpf-lb-tc"),
  NFTABLES("nftables"),
  HAPROXY("haproxy"),
  NGINX("nginx");

  final String label;

  Contender(String label) {
    this.label = label;
  }

  /** Whether addresses and ports stay as they are: backends own the service address. */
  boolean isDirect() {
    return this == ROUTING || this == REDIRECT;
  }

  /** What a native program sends on has lost the mark that its checksum is not computed yet. */
  boolean runsWith(Setting setting) {
    return setting == Setting.WIRE || (this != REDIRECT && this != LB_XDP);
  }

  boolean carries(Measure measure) {
    return this != HAPROXY || measure != Measure.UDP;
  }
}
