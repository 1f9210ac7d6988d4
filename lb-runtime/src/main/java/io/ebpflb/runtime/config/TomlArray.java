package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A list of values: written as one, or made of {@code [[headers]]}. */
final class TomlArray implements TomlNode {
  private final List<TomlNode> elements = new ArrayList<>();
  private final boolean ofHeaders;
  private final int start;
  private int end;

  TomlArray(boolean ofHeaders, int start, int end) {
    this.ofHeaders = ofHeaders;
    this.start = start;
    this.end = end;
  }

  void add(TomlNode element) {
    elements.add(element);
  }

  void endAt(int offset) {
    end = offset;
  }

  List<TomlNode> elements() {
    return Collections.unmodifiableList(elements);
  }

  boolean isOfHeaders() {
    return ofHeaders;
  }

  @Override
  public int start() {
    return start;
  }

  @Override
  public int end() {
    return end;
  }

  @Override
  public String describe() {
    return "a list";
  }
}
