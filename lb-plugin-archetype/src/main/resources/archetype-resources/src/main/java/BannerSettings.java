package ${package};

import io.ebpflb.api.Doc;

/** What an operator may write beside {@code type = "banner"}. */
public record BannerSettings(@Doc("how the answer of a healthy backend begins") String expect) {
  public BannerSettings {
    if (expect.isEmpty()) {
      throw new IllegalArgumentException("expect is empty: every backend would pass");
    }
  }
}
