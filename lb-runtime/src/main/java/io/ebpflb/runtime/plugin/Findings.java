package io.ebpflb.runtime.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** What is found out about a plugin JAR, in words for an operator. */
final class Findings {
  private static final int SHOWN_MAX = 3;

  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Something because of which it is not loaded. */
  void problem(String text) {
    problems.add(FailureText.clip(text));
  }

  /** Something that its author should know. */
  void note(String text) {
    notes.add(FailureText.clip(text));
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  /** The first few, and how many more there are. */
  static String some(SortedSet<String> all) {
    List<String> shown = all.stream().limit(SHOWN_MAX).toList();
    int rest = all.size() - shown.size();
    return String.join(", ", shown) + (rest == 0 ? "" : " and " + rest + " more");
  }
}
