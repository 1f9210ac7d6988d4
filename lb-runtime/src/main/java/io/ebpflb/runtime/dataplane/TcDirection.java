package io.ebpflb.runtime.dataplane;

/** The two sides of an interface's traffic control, with the numbers that the kernel gives them. */
enum TcDirection {
  INGRESS("ingress", LibBpf.BPF_TCX_INGRESS, 1, 0xfffffff2),
  EGRESS("egress", LibBpf.BPF_TCX_EGRESS, 2, 0xfffffff3);

  private final String title;
  private final int tcxType;
  private final int attachPoint;
  private final int parent;

  TcDirection(String title, int tcxType, int attachPoint, int parent) {
    this.title = title;
    this.tcxType = tcxType;
    this.attachPoint = attachPoint;
    this.parent = parent;
  }

  String title() {
    return title;
  }

  int tcxType() {
    return tcxType;
  }

  /** {@code enum bpf_tc_attach_point}, a bit. */
  int attachPoint() {
    return attachPoint;
  }

  /** Of filters below a clsact qdisc. */
  int parent() {
    return parent;
  }
}
